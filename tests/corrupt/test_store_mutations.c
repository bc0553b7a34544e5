/*
 * Damage of every kind to the data file: opening, reading and writing must end in a status,
 * never in a crash or a hang, and nothing wrong may be read as right.
 *
 * Each batch runs in a process of its own, so that a crash fails the test, names what did
 * it and lets the other batches run. Arguments: mutations of each kind, seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/le.h"
#include "scratch.h"
#include "store_model.h"

enum { PAGE = 4096, BATCH = 100, HANG_SECONDS = 100 };

enum kind {
    FLIP_ANYWHERE,
    FLIP_IN_TREE, /* pages that LMDB itself interprets */
    FLIP_IN_HEADER,
    FIELD_IN_TREE, /* a 16-bit field becomes any or an extreme number */
    RUN_OF_BYTES,
    ZERO_PAGE,
    SWAP_PAGES,
    COPY_PAGE,
    TRUNCATE,
    TORN_META, /* parts of a meta page are from another commit */
    META_FIELD,
    STALE_PAGE, /* a write that never reached the disk: may show the state before */
    KINDS
};
static const char *const kind_names[KINDS] = {
    "flip anywhere", "flip in tree", "flip in header", "field in tree",
    "run of bytes",  "zero page",    "swap pages",     "copy page",
    "truncate",      "torn meta",    "meta field",     "stale page"};

struct file {
    uint8_t *bytes;
    size_t len;
};

static char dir[PATH_MAX];
static struct file sound, earlier; /* the model, and a store on its way to it */
static unsigned per_kind = 250;
static uint64_t first_seed = 20240601;

static struct file load(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    struct file f = {clus__malloc((size_t)info.st_size), (size_t)info.st_size};
    assert_non_null(f.bytes);
    assert_int_equal(read(fd, f.bytes, f.len), f.len);
    assert_int_equal(close(fd), 0);
    return f;
}

static void save(const struct file *f)
{
    int fd = open(scratch_path(dir, "work/data.mdb"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, f->bytes, f->len) != (ssize_t)f->len || close(fd) != 0)
        _exit(3);
}

static size_t random_page(uint64_t *r)
{
    return (size_t)(model_random(r) % (sound.len / PAGE));
}

/* A page of a tree, or a meta page: what LMDB follows. */
static size_t tree_page(uint64_t *r)
{
    for (;;) {
        size_t page = random_page(r);
        if (clus__le16(sound.bytes + page * PAGE + 10) != 4)
            return page;
    }
}

static void flip(struct file *f, uint64_t *r, size_t at, size_t len)
{
    uint64_t bit = model_random(r) % (len * 8);
    f->bytes[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void set_field(struct file *f, uint64_t *r, size_t at)
{
    static const uint16_t extremes[] = {0, 1, 2, 8, 16, 0x7fff, 0x8000, 0xffff, 4095, 4096};
    uint16_t value = (uint16_t)model_random(r);
    if (value % 2)
        value = extremes[model_random(r) % (sizeof extremes / sizeof *extremes)];
    else if (value % 4)
        value = (uint16_t)(clus__le16(f->bytes + at) + 2 * (model_random(r) % 9) - 8);
    clus__put_le16(f->bytes + at, value);
}

static void move_page(struct file *f, uint64_t *r, bool swap)
{
    size_t a = model_random(r) % 2 ? tree_page(r) : random_page(r);
    size_t b = model_random(r) % 2 ? tree_page(r) : random_page(r);
    memcpy(f->bytes + a * PAGE, sound.bytes + b * PAGE, PAGE);
    if (swap)
        memcpy(f->bytes + b * PAGE, sound.bytes + a * PAGE, PAGE);
}

static void tear_meta(struct file *f, uint64_t *r)
{
    size_t meta = model_random(r) % 2 * PAGE, piece = model_random(r) % 2 ? 8 : 64;
    const uint8_t *from =
        model_random(r) % 2 ? earlier.bytes + meta : sound.bytes + (PAGE - meta);
    for (size_t at = 16; at < 16 + 136; at += piece) {
        if (model_random(r) % 2)
            memcpy(f->bytes + meta + at, from + at, piece);
    }
}

static void damage_file(struct file *f, enum kind kind, uint64_t *r)
{
    size_t at;
    switch (kind) {
    case FLIP_ANYWHERE: flip(f, r, 0, f->len); break;
    case FLIP_IN_TREE: flip(f, r, tree_page(r) * PAGE, PAGE); break;
    case FLIP_IN_HEADER: flip(f, r, random_page(r) * PAGE, 16); break;
    case FIELD_IN_TREE:
        at = tree_page(r) * PAGE;
        set_field(f, r,
                  at + (model_random(r) % 3 ? model_random(r) % 40
                                            : model_random(r) % (PAGE / 2)) *
                           2);
        break;
    case RUN_OF_BYTES:
        at = (size_t)(model_random(r) % (f->len - 600));
        for (size_t n = model_random(r) % 600; n > 0; n--)
            f->bytes[at + n] = (uint8_t)model_random(r);
        break;
    case ZERO_PAGE: memset(f->bytes + tree_page(r) * PAGE, 0, PAGE); break;
    case SWAP_PAGES: move_page(f, r, true); break;
    case COPY_PAGE: move_page(f, r, false); break;
    case TRUNCATE:
        f->len = (size_t)(model_random(r) % f->len);
        if (model_random(r) % 2)
            f->len = f->len / PAGE * PAGE;
        break;
    case TORN_META: tear_meta(f, r); break;
    case META_FIELD:
        set_field(f, r, model_random(r) % 2 * PAGE + model_random(r) % 76 * 2);
        break;
    case STALE_PAGE:
        at = (size_t)(model_random(r) % (earlier.len / PAGE)) * PAGE;
        memcpy(f->bytes + at, earlier.bytes + at, PAGE);
        break;
    case KINDS: break;
    }
}

/* A lost write shows what was before it, and a meta page that calls itself older leaves the
 * commit before it, whole. */
static bool may_be_old(enum kind kind, const struct file *f)
{
    return kind == STALE_PAGE ||
           (kind == META_FIELD &&
            (memcmp(f->bytes + 144, sound.bytes + 144, 8) != 0 ||
             memcmp(f->bytes + PAGE + 144, sound.bytes + PAGE + 144, 8) != 0));
}

struct progress {
    _Atomic unsigned at, opened, silent, old;
};

static void run_one(enum kind kind, unsigned number, struct file *copy,
                    struct progress *progress)
{
    struct model_reading reading;
    uint64_t r = first_seed + number * 7919u + (uint64_t)kind * 104729u;
    for (int i = 0; i < 4; i++)
        (void)model_random(&r);
    copy->len = sound.len;
    memcpy(copy->bytes, sound.bytes, sound.len);
    damage_file(copy, kind, &r);
    save(copy);
    const char *work = scratch_path(dir, "work");
    model_read(work, &reading);
    if (reading.right > 0)
        atomic_fetch_add(&progress->opened, 1);
    if (reading.wrong && may_be_old(kind, copy)) {
        atomic_fetch_add(&progress->old, 1);
    } else if (reading.wrong) {
        print_error("%s %u: %u wrong\n", kind_names[kind], number, reading.wrong);
        atomic_fetch_add(&progress->silent, 1);
    }
    model_write(work);
    model_read(work, &reading); /* what was written over damage: no crash */
}

static void run_batch(enum kind kind, unsigned from, struct progress *progress)
{
    struct file copy = {clus__malloc(sound.len), sound.len};
    if (!copy.bytes)
        _exit(3);
    alarm(HANG_SECONDS);
    for (unsigned i = from; i < from + BATCH && i < per_kind; i++) {
        atomic_store(&progress->at, i);
        run_one(kind, i, &copy, progress);
    }
    clus__free(copy.bytes);
    _exit(0);
}

static void damage_of_kind(void **state)
{
    enum kind kind = *(const enum kind *)*state;
    unsigned crashes = 0;
    struct progress *progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    for (unsigned from = 0; from < per_kind; from += BATCH) {
        int status = 0;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            run_batch(kind, from, progress);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (status != 0) {
            print_error("%s %u: ended with status 0x%x\n", kind_names[kind],
                        atomic_load(&progress->at), (unsigned)status);
            crashes++;
        }
    }
    print_message("# %s: %u files, %u could be read in part or whole, %u with old rows\n",
                  kind_names[kind], per_kind, atomic_load(&progress->opened),
                  atomic_load(&progress->old));
    assert_int_equal(crashes, 0);
    assert_int_equal(atomic_load(&progress->silent), 0);
    assert_int_equal(munmap(progress, sizeof *progress), 0);
}

static void the_model_is_sound(void **state)
{
    (void)state;
    struct model_reading reading;
    save(&sound);
    model_read(scratch_path(dir, "work"), &reading);
    assert_int_equal(reading.right, model_size());
    assert_int_equal(reading.refused + reading.wrong, 0);
    model_write(scratch_path(dir, "work"));
    struct store *store = NULL;
    const struct store_options plain = {0};
    assert_int_equal(clus__store_open(scratch_path(dir, "work"), &plain, &store, NULL),
                     CLUS_OK);
    assert_int_equal(clus__store_verify(store, NULL, NULL, NULL), CLUS_OK);
    assert_int_equal(clus__store_close(store, NULL), CLUS_OK);
}

static int set_up(void **state)
{
    (void)state;
    scratch_make(dir);
    if (model_build(scratch_path(dir, "model"), scratch_path(dir, "earlier")) < 0 ||
        mkdir(scratch_path(dir, "work"), 0700) != 0)
        return -1;
    sound = load(scratch_path(dir, "model/data.mdb"));
    earlier = load(scratch_path(dir, "earlier"));
    return earlier.len <= sound.len ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    clus__free(sound.bytes);
    clus__free(earlier.bytes);
    scratch_remove(dir);
    return 0;
}

int main(int argc, char **argv)
{
    static enum kind kinds[KINDS];
    struct CMUnitTest tests[KINDS + 1] = {cmocka_unit_test(the_model_is_sound)};
    if (argc > 1)
        per_kind = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    print_message("# seed %llu\n", (unsigned long long)first_seed);
    for (unsigned i = 0; i < KINDS; i++) {
        kinds[i] = (enum kind)i;
        tests[i + 1] = (struct CMUnitTest){
            .name = kind_names[i], .test_func = damage_of_kind, .initial_state = &kinds[i]};
    }
    return cmocka_run_group_tests_name("store_mutations", tests, set_up, tear_down);
}
