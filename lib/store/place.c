/*
 * Is this a directory to open an index in? What can be told without reading the data: that
 * it exists, that its files are files, and that the file system is of this machine. LMDB
 * shares memory between processes through the map, which network file systems do not.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "store/env.h"

static const struct {
    uint32_t magic;
    const char *name;
} network_kinds[] = {
    {0x00006969, "NFS"},        {0x0000517B, "SMB"},    {0xFF534D42, "CIFS"},
    {0xFE534D42, "SMB"},        {0x5346414F, "AFS"},    {0x6B414653, "AFS"},
    {0x00C36400, "Ceph"},       {0x01021997, "9P"},     {0x0BD00BD0, "Lustre"},
    {0x47504653, "GPFS"},       {0x73757245, "Coda"},   {0x0000564C, "NCP"},
    {0x786F4256, "VirtualBox"}, {0xBACBACBC, "VMware"}, {0x20030528, "OrangeFS"},
    {0x013111A8, "IBRIX"},      {0x01161970, "GFS2"},   {0x7461636F, "OCFS2"},
    {0xAAD7AAEA, "PanFS"},      {0x19830326, "FhGFS"},  {0xA501FCF5, "VxFS"},
};
enum { FUSE_MAGIC = 0x65735546 };

/* FUSE is many things: these are known to have another machine behind them. */
static const char *const remote_fuse[] = {"sshfs",     "s3fs",    "glusterfs", "rclone",
                                          "ceph",      "gcsfuse", "davfs",     "curlftpfs",
                                          "goofys",    "juicefs", "moosefs",   "mfs",
                                          "seaweedfs", "beegfs",  "smbnetfs",  "hdfs"};

static bool is_remote_fuse(const char *type)
{
    if (strncmp(type, "fuse.", 5) != 0)
        return false;
    for (size_t i = 0; i < sizeof remote_fuse / sizeof *remote_fuse; i++) {
        size_t len = strlen(remote_fuse[i]);
        if (strncmp(type + 5, remote_fuse[i], len) == 0 &&
            strcspn(type + 5 + len, "abcdefghijklmnopqrstuvwxyz") == 0)
            return true;
    }
    return false;
}

/* The type in the line "ID PARENT MAJOR:MINOR … - TYPE SOURCE …" of the mount table. */
static bool fuse_type_of_line(char *line, dev_t dev, char type[64])
{
    char *at = line, *end;
    for (int field = 0; field < 2 && at; field++)
        at = (at = strchr(at, ' ')) ? at + 1 : NULL;
    if (!at || strtoul(at, &end, 10) != major(dev) || *end != ':' ||
        strtoul(end + 1, &end, 10) != minor(dev))
        return false;
    char *kind = strstr(end, " - ");
    if (!kind)
        return false;
    kind += 3;
    (void)snprintf(type, 64, "%.*s", (int)strcspn(kind, " \n"), kind);
    return true;
}

static bool fuse_is_remote(dev_t dev, char type[64])
{
    char line[4096];
    bool remote = false;
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    if (!mounts)
        return false;
    while (!remote && fgets(line, sizeof line, mounts))
        remote = fuse_type_of_line(line, dev, type) && is_remote_fuse(type);
    (void)fclose(mounts);
    return remote;
}

clus_status clus__place_local(const char *dir, clus_error *err)
{
    struct statfs fs;
    struct stat info;
    char type[64];
    if (statfs(dir, &fs) != 0 || stat(dir, &info) != 0)
        return clus__fail_sys(err, CLUS_E_IO, errno, "cannot examine %s: %s", dir,
                              strerror(errno));
    const char *kind = NULL;
    for (size_t i = 0; i < sizeof network_kinds / sizeof *network_kinds; i++) {
        if ((uint32_t)fs.f_type == network_kinds[i].magic)
            kind = network_kinds[i].name;
    }
    if ((uint32_t)fs.f_type == FUSE_MAGIC && fuse_is_remote(info.st_dev, type))
        kind = type;
    if (kind)
        return clus__fail(err, CLUS_E_ARGUMENT,
                          "%s is on a network file system (%s), where an index would be "
                          "damaged; keep it on a local disk",
                          dir, kind);
    return CLUS_OK;
}

/* A data or lock file must be a plain file under its own name, else someone else decides
 * what is opened. */
static clus_status check_file(int dir_fd, const char *dir, const char *name, bool needed,
                              struct stat *info, clus_error *err)
{
    if (fstatat(dir_fd, name, info, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            return clus__fail_sys(err, CLUS_E_IO, errno, "cannot examine %s/%s: %s", dir,
                                  name, strerror(errno));
        if (needed)
            return clus__fail_sys(err, CLUS_E_MISSING, ENOENT,
                                  "there is no index at %s (no %s)", dir, name);
        return CLUS_OK;
    }
    if (!S_ISREG(info->st_mode))
        return clus__fail(err, CLUS_E_ARGUMENT, "%s/%s is not a regular file", dir, name);
    return CLUS_OK;
}

static clus_status check_files(int dir_fd, const char *dir, struct stat *data,
                               clus_error *err)
{
    struct stat other;
    clus_status status = check_file(dir_fd, dir, DATA_FILE, true, data, err);
    if (status == CLUS_OK)
        status = check_file(dir_fd, dir, ENGINE_LOCK_FILE, false, &other, err);
    if (status == CLUS_OK)
        status = check_file(dir_fd, dir, WRITER_LOCK_FILE, false, &other, err);
    return status;
}

static bool is_readonly(int dir_fd)
{
    struct statvfs fs;
    return (fstatvfs(dir_fd, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0) ||
           faccessat(dir_fd, DATA_FILE, W_OK, AT_EACCESS) != 0;
}

clus_status clus__place_find(const char *path, struct place *out, clus_error *err)
{
    char dir[PATH_MAX];
    struct stat data;
    if (!realpath(path, dir))
        return clus__fail_sys(
            err, errno == ENOENT || errno == ENOTDIR ? CLUS_E_MISSING : CLUS_E_IO, errno,
            "there is no index at %s: %s", path, strerror(errno));
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return errno == ENOTDIR
                   ? clus__fail_sys(err, CLUS_E_MISSING, ENOTDIR,
                                    "%s is a file, and an index is a folder", dir)
                   : clus__fail_sys(err, CLUS_E_IO, errno, "cannot open %s: %s", dir,
                                    strerror(errno));
    clus_status status = check_files(dir_fd, dir, &data, err);
    bool readonly = status == CLUS_OK && is_readonly(dir_fd);
    (void)close(dir_fd);
    if (status == CLUS_OK)
        status = clus__place_local(dir, err);
    if (status != CLUS_OK)
        return status;
    char *copy = clus__memdup(dir, strlen(dir) + 1);
    if (!copy)
        return clus__explain(err, CLUS_E_NOMEM, "opening an index");
    *out = (struct place){
        .dir = copy, .dev = data.st_dev, .ino = data.st_ino, .readonly = readonly};
    return CLUS_OK;
}

clus_status clus__sync_dir(const char *dir, clus_error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    if (failed && failed != EINVAL) /* EINVAL: a file system that needs no such thing */
        return clus__fail_sys(err, failed == ENOSPC ? CLUS_E_FULL : CLUS_E_IO, failed,
                              "cannot sync %s: %s", dir, strerror(failed));
    return CLUS_OK;
}
