/* Runs of documents: when one is sealed, and what becomes of it. */
#include "base/alloc.h"
#include "base/error.h"
#include "index/writer.h"

enum { RUN_MAX_DOCS = 1 << 22 };

static clus_status analyse(struct job *job, struct analyst *analyst)
{
    return clus__analyst_run(analyst, ((struct run_job *)job)->run);
}

/* The thread that has least to do. */
static uint32_t idlest(const struct writer *w)
{
    uint32_t least = 0;
    for (uint32_t t = 1; t < w->threads; t++)
        if (w->given[t] < w->given[least])
            least = t;
    return least;
}

/* What the idlest thread may take of `total` so that all have done at one time, taking all
 * threads to be equally fast. */
static uint64_t fair_share(const struct writer *w, uint64_t total)
{
    uint64_t least = w->given[idlest(w)], level = total + least;
    if (total == 0)
        return 0;
    for (uint32_t n = 1; n < w->threads; n++) { /* threads below the level share */
        uint64_t sum = total;
        uint32_t below = 0;
        for (uint32_t t = 0; t < w->threads; t++) {
            if (w->given[t] < level) {
                sum += w->given[t];
                below++;
            }
        }
        level = sum / (below ? below : 1); /* the idlest is below */
    }
    return level - least;
}

static clus_status seal(struct writer *w, clus_error *err)
{
    if (!w->filling)
        return CLUS_OK;
    clus_status st =
        clus__grow(&w->jobs, &w->cap_jobs, w->n_jobs + 1, sizeof(struct run_job *));
    struct run_job *job = st == CLUS_OK ? clus__calloc(1, sizeof *job) : NULL;
    if (!job)
        return clus__explain(err, CLUS_E_NOMEM, "analysing documents");
    job->run = w->filling;
    job->job.run = analyse;
    w->filling = NULL;
    w->n_sealed++;
    w->given[idlest(w)] += job->run->input_bytes;
    w->jobs[w->n_jobs++] = job;
    if (writer_has_one_run(w, false))
        clus__pool_do(w->pool, &job->job);
    else
        clus__pool_give(w->pool, &job->job, w->threads);
    return clus__writer_collect(w, false, err);
}

/* Seal what comes first of what is there, about so many bytes. */
static clus_status seal_some(struct writer *w, uint64_t bytes, clus_error *err)
{
    struct run *rest;
    clus_status st =
        clus__explain(err, clus__run_cut(w->filling, bytes, &rest), "sharing documents");
    if (st != CLUS_OK)
        return st;
    st = seal(w, err);
    w->filling = rest;
    return st;
}

clus_status clus__writer_seal_full(struct writer *w, clus_error *err)
{
    const struct run *run = w->filling;
    size_t limit = w->limits.run;
    if (run->ndocs >= RUN_MAX_DOCS)
        return seal(w, err);
    if (w->n_sealed + 1 < w->threads)
        limit /= 4;
    if (w->threads == 1 || w->n_sealed < w->threads)
        return run->input_bytes >= limit ? seal(w, err) : CLUS_OK;
    return run->input_bytes >= 2 * limit ? seal_some(w, limit, err) : CLUS_OK;
}

clus_status clus__writer_seal_rest(struct writer *w, clus_error *err)
{
    clus_status st = CLUS_OK;
    while (st == CLUS_OK && w->filling && w->threads > 1) {
        uint64_t left = w->filling->input_bytes, share = fair_share(w, left);
        if (share < w->limits.share || left - share < w->limits.share)
            break;
        st = seal_some(w, share, err);
    }
    return st == CLUS_OK ? seal(w, err) : st;
}

static clus_status make_room(struct writer *w)
{
    clus_status st =
        clus__grow(&w->parts, &w->cap_parts, w->n_parts + 1, sizeof(struct part *));
    if (st == CLUS_OK)
        st = clus__grow(&w->packs, &w->cap_packs, w->n_packs + 1,
                        sizeof(struct pack_part *));
    return st;
}

/* The results of a run become a part and a pack. The part keeps the run for its ids. */
static clus_status take_run(struct writer *w, struct run *run)
{
    bool stored = run->pack_row.ndocs > 0;
    struct part *part = clus__calloc(1, sizeof *part);
    struct pack_part *pack = stored ? clus__calloc(1, sizeof *pack) : NULL;
    if (!part || (stored && !pack) || make_room(w) != CLUS_OK) {
        clus__free(part);
        clus__free(pack);
        return CLUS_E_NOMEM;
    }
    w->info.invalid_utf8 += run->invalid_utf8;
    w->info.bad_dates += run->bad_dates;
    part->row = run->row;
    part->row.owner = w->counters.next_owner++;
    part->slab = run->segment;
    part->slab.owner = part->row.owner;
    run->segment = (struct slab){0};
    part->run = run;
    part->added = true;
    w->parts[w->n_parts++] = part;
    w->memory_bytes += clus__slab_bytes(&part->slab);
    w->run_bytes += clus__slab_bytes(&part->slab);
    if (stored) {
        pack->row = run->pack_row;
        pack->row.owner = w->counters.next_owner++;
        pack->data = run->pack;
        run->pack = (struct buf){0};
        w->packs[w->n_packs++] = pack;
        w->memory_bytes += pack->data.len;
    }
    return CLUS_OK;
}

static clus_status collect_first(struct writer *w, clus_error *err)
{
    struct run_job *job = w->jobs[0];
    clus__pool_wait(w->pool, &job->job);
    clus_status st = job->job.status;
    if (st == CLUS_OK)
        st = take_run(w, job->run);
    if (st != CLUS_OK)
        return clus__explain(err, st, "analysing documents"); /* the list keeps the run */
    memmove(w->jobs, w->jobs + 1, (w->n_jobs - 1) * sizeof(struct run_job *));
    w->n_jobs--;
    clus__free(job);
    return w->memory_bytes > w->limits.spill ? clus__writer_spill(w, err) : CLUS_OK;
}

clus_status clus__writer_collect(struct writer *w, bool all, clus_error *err)
{
    clus_status st = CLUS_OK;
    while (st == CLUS_OK && w->n_jobs > 0 &&
           (all || clus__pool_is_done(w->pool, &w->jobs[0]->job)))
        st = collect_first(w, err);
    return st;
}
