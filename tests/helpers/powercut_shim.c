/* LD_PRELOAD: what a program does to files under $SHIM_DIR, in order, into $SHIM_LOG; see powercut.py.

   A record: u32 op, u32 length of path, u64 offset, u32 length of data, u64 monotonic ns, path, data.
   op: 1 write, 2 truncate, 3 sync (of a file or the folder), 4 unlink, 5 create, 6 said (written to standard
   output), 7 rename (the data is the new path). What is said is logged before it is said, a sync after it is
   done: so an answer never looks later, nor a sync earlier, than it was. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE, SYNC, UNLINK, CREATE, SAID, RENAME };
#define MOST 4096
#define REAL(result, name, ...)                  \
    static result (*real)(__VA_ARGS__);          \
    if (!real) real = dlsym(RTLD_NEXT, #name)

static FILE *out;
static char *paths[MOST];
static const char *folder;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("SHIM_LOG");
    folder = getenv("SHIM_DIR");
    if (!folder) folder = "\x01";
    if (name) out = fopen(name, "wbe");
}

static int is_ours(const char *path) { return folder && strncmp(path, folder, strlen(folder)) == 0; }

static char *path_of(int fd) { return fd >= 0 && fd < MOST ? paths[fd] : NULL; }

static void put(uint32_t op, const char *path, uint64_t offset, uint32_t length, const void *data) {
    struct timespec now;
    uint32_t path_length = strlen(path);
    uint64_t ns;
    if (!out) return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    ns = (uint64_t)now.tv_sec * 1000000000u + now.tv_nsec;
    pthread_mutex_lock(&lock);
    fwrite(&op, 4, 1, out);
    fwrite(&path_length, 4, 1, out);
    fwrite(&offset, 8, 1, out);
    fwrite(&length, 4, 1, out);
    fwrite(&ns, 8, 1, out);
    fwrite(path, 1, path_length, out);
    if (length) fwrite(data, 1, length, out);
    fflush(out);
    pthread_mutex_unlock(&lock);
}

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd < 0 || fd >= MOST) return fd;
    free(paths[fd]);
    paths[fd] = is_ours(path) ? strdup(path) : NULL;
    if (!paths[fd]) return fd;
    if (!was_there) put(CREATE, path, 0, 0, NULL);
    if (flags & O_TRUNC) put(TRUNCATE, path, 0, 0, NULL);
    return fd;
}

#define MODE                                        \
    int mode = 0;                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {            \
        va_list more;                               \
        va_start(more, flags);                      \
        mode = va_arg(more, int);                   \
        va_end(more);                               \
    }
#define THERE(path) (!is_ours(path) || access(path, F_OK) == 0)

#define OPEN(name)                                                  \
    int name(const char *path, int flags, ...) {                    \
        REAL(int, name, const char *, int, ...);                    \
        MODE int there = THERE(path);                               \
        return opened(real(path, flags, mode), path, flags, there); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                    \
    int name(int at, const char *path, int flags, ...) {                \
        REAL(int, name, int, const char *, int, ...);                   \
        MODE int there = THERE(path);                                   \
        return opened(real(at, path, flags, mode), path, flags, there); \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    REAL(int, close, int);
    if (path_of(fd)) {
        free(paths[fd]);
        paths[fd] = NULL;
    }
    return real(fd);
}

ssize_t write(int fd, const void *data, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    uint64_t offset = path_of(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    if (fd == 1) put(SAID, "", 0, length, data);
    ssize_t done = real(fd, data, length);
    if (path_of(fd) && done > 0) put(WRITE, path_of(fd), offset, done, data);
    return done;
}

#define PWRITE(name, type)                                                         \
    ssize_t name(int fd, const void *data, size_t length, type offset) {           \
        REAL(ssize_t, name, int, const void *, size_t, type);                      \
        ssize_t done = real(fd, data, length, offset);                             \
        if (path_of(fd) && done > 0) put(WRITE, path_of(fd), offset, done, data);  \
        return done;                                                               \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define CUT(name, type)                                                  \
    int name(int fd, type length) {                                      \
        REAL(int, name, int, type);                                      \
        int failed = real(fd, length);                                   \
        if (path_of(fd) && !failed) put(TRUNCATE, path_of(fd), length, 0, NULL); \
        return failed;                                                   \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

#define SYNC_BY(name)                                       \
    int name(int fd) {                                      \
        REAL(int, name, int);                               \
        int failed = real(fd);                              \
        if (path_of(fd) && !failed) put(SYNC, path_of(fd), 0, 0, NULL); \
        return failed;                                      \
    }
SYNC_BY(fsync)
SYNC_BY(fdatasync)

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    int failed = real(path);
    if (!failed && is_ours(path)) put(UNLINK, path, 0, 0, NULL);
    return failed;
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    int failed = real(from, to);
    if (!failed && is_ours(from)) put(RENAME, from, 0, strlen(to), to);
    return failed;
}
