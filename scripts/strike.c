/* Preloaded into a program, it hands it a clock, strikes at one of its writes, and keeps a journal.

   STRIKE_NOW      the time that it sees, for ever: seconds since 1970
   STRIKE_UNDER    only what happens to files below this folder counts
   STRIKE_AT       at the how manieth operation, from 1; 0 or unset: at none
   STRIKE_HOW      kill before it, kill-after it, tear: kill after half of a write; stop before it,
                   until somebody continues it; lose: send, and hear no answer; else the number of
                   the error that the operation gives
   STRIKE_ON       1: from then on all operations give that error
   STRIKE_ONLY     count operations of this kind alone: write, sync, name, lock, send
   STRIKE_COUNT    where the number of operations is written when the program ends

   An operation is a write, a flush to disk, a change of a name or a length; or, where asked for, a
   lock, or a message to a server on this machine. The journal, for a program that calls keep(),
   holds all but the last two in their order, with what was written: disk.py reads it.
   Build: cc -shared -fPIC -O2 -o strike.so strike.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long done;
static long at;
static int lasting, journal = -1;
static const char *under, *how = "", *only = "", *now;

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    under = getenv("STRIKE_UNDER");
    now = getenv("STRIKE_NOW");
    if (getenv("STRIKE_AT")) at = atol(getenv("STRIKE_AT"));
    if (getenv("STRIKE_HOW")) how = getenv("STRIKE_HOW");
    if (getenv("STRIKE_ONLY")) only = getenv("STRIKE_ONLY");
    lasting = getenv("STRIKE_ON") != NULL;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("STRIKE_COUNT");
    FILE *file;
    if (!path || !done) return;
    under = NULL;
    if ((file = fopen(path, "w"))) {
        fprintf(file, "%ld\n", (long)done);
        fclose(file);
    }
}

/* For a program that forks: from now on strike so, and count anew. */
void strike(long number, const char *manner, const char *kind, int goes_on) {
    done = 0;
    at = number;
    how = strdup(manner);
    only = strdup(kind);
    lasting = goes_on;
}

/* Likewise: from now on write the journal to this descriptor. */
void keep(int descriptor) { journal = descriptor; }

void set_clock(const char *seconds) { now = strdup(seconds); }

long operations(void) { return done; }

/* Return where a path leads from: absolute, in a place that holds until the next call. */
static const char *whole(const char *path) {
    static __thread char room[2][2 * PATH_MAX];
    static __thread int turn;
    char *absolute = room[turn ^= 1];
    if (*path == '/' || !getcwd(absolute, PATH_MAX)) return path;
    strcat(strcat(absolute, "/"), path);
    return absolute;
}

static int is_ours(const char *path) {
    size_t length = under ? strlen(under) : 0;
    return under && strncmp(path = whole(path), under, length) == 0 &&
           (path[length] == '/' || !path[length]);
}

/* Return the path of an open file, in a place that holds until the next call. */
static const char *path_of(int fd) {
    static __thread char path[PATH_MAX];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static int is_open_below(int fd) { return under && is_ours(path_of(fd)); }

static int is_local(int fd) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
           address.ss_family == AF_UNIX;
}

/* Whether the operation is struck; errno then says how it ends. Does not return from a kill. */
static int is_struck(const char *kind, int counts) {
    long number;
    int is_other = strcmp(kind, "lock") == 0 || strcmp(kind, "send") == 0;
    if (!counts || (*only ? strcmp(only, kind) != 0 : is_other)) return 0;
    number = ++done;
    if (!at || (lasting ? number < at : number != at)) return 0;
    if (strcmp(how, "kill") == 0) raise(SIGKILL);
    if (strcmp(how, "stop") == 0) {
        raise(SIGSTOP);
        return 0;
    }
    errno = atoi(how);
    return 1;
}

static int dies_after(void) { return strcmp(how, "kill-after") == 0; }
static int tears(void) { return strcmp(how, "tear") == 0; }

struct entry {
    char what[8];
    uint64_t file;
    int64_t offset, size;
};

/* Write down what was done: to a file, by its inode, or to a name. */
static void note(const char *what, uint64_t file, off64_t offset, const void *data, off64_t size,
                 const char *path, const char *to) {
    struct entry entry = {"", file, offset, size};
    const char *one = path ? whole(path) : "", *other = to ? whole(to) : "";
    struct iovec parts[] = {{&entry, sizeof entry},
                            {(void *)one, strlen(one) + 1},
                            {(void *)other, strlen(other) + 1},
                            {(void *)data, data ? size : 0}};
    if (journal < 0) return;
    memcpy(entry.what, what, strlen(what));
    syscall(SYS_writev, journal, parts, 4);
}

static uint64_t inode(int fd) {
    struct stat64 found;
    return fstat64(fd, &found) ? 0 : found.st_ino;
}

/* Do it, and note it; unless it fails, or is the last that is done. */
#define STRIKE(kind, counts, call, noted)                   \
    do {                                                    \
        int ours = counts, struck = is_struck(kind, ours);  \
        if (struck && !dies_after() && !tears()) return -1; \
        __typeof__(call) result = call;                     \
        if (ours && result >= 0) noted;                     \
        if (struck) raise(SIGKILL);                         \
        return result;                                      \
    } while (0)

#define TORN(size) (tears() && struck ? (size) / 2 : (size))
#define FILE_NOTED(what, offset, data, size) note(what, inode(fd), offset, data, size, NULL, NULL)
#define SYNC_NOTED note("sync", inode(fd), 0, NULL, 0, path_of(fd), NULL)
#define NAME_NOTED(what, path, to) note(what, 0, 0, NULL, 0, path, to)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    STRIKE("write", is_open_below(fd), real(fd, data, TORN(size)),
           FILE_NOTED("write", lseek64(fd, 0, SEEK_CUR) - result, data, result));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(pwrite64);
    STRIKE("write", is_open_below(fd), real(fd, data, TORN(size), offset),
           FILE_NOTED("write", offset, data, result));
}

int fsync(int fd) {
    REAL(fsync);
    STRIKE("sync", is_open_below(fd), real(fd), SYNC_NOTED);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    STRIKE("sync", is_open_below(fd), real(fd), SYNC_NOTED);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    STRIKE("name", is_open_below(fd), real(fd, size), FILE_NOTED("length", 0, NULL, size));
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
    STRIKE("name", (is_new || flags & O_TRUNC) && is_ours(path), real(path, flags, mode),
           note(is_new ? "create" : "length", inode(result), 0, NULL, 0, path, NULL));
}

int open(const char *path, int flags, ...) {
    REAL(open);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return opened(real, path, flags, mode);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    STRIKE("name", is_ours(to), real(from, to), NAME_NOTED("rename", from, to));
}

int unlink(const char *path) {
    REAL(unlink);
    STRIKE("name", is_ours(path), real(path), NAME_NOTED("unlink", path, NULL));
}

int link(const char *from, const char *to) {
    REAL(link);
    STRIKE("name", is_ours(to), real(from, to), NAME_NOTED("link", from, to));
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(linkat);
    STRIKE("name", is_ours(to), real(a, from, b, to, flags), NAME_NOTED("link", from, to));
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    STRIKE("name", is_ours(path), real(path, mode), NAME_NOTED("mkdir", path, NULL));
}

int rmdir(const char *path) {
    REAL(rmdir);
    STRIKE("name", is_ours(path), real(path), NAME_NOTED("unlink", path, NULL));
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    REAL(send);
    if (!is_struck("send", is_local(fd))) return real(fd, data, size, flags);
    if (strcmp(how, "lose") == 0) real(fd, data, size, flags);
    shutdown(fd, SHUT_RDWR);
    return real(fd, data, size, flags | MSG_NOSIGNAL);
}

static int lock_or_other(int (*real)(int, int, ...), int fd, int command, void *argument) {
    int exclusive = command == F_SETLK && ((struct flock *)argument)->l_type == F_WRLCK;
    STRIKE("lock", exclusive && is_open_below(fd), real(fd, command, argument), (void)0);
}

int fcntl(int fd, int command, ...) {
    REAL(fcntl);
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return lock_or_other(real, fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
    REAL(fcntl64);
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return lock_or_other(real, fd, command, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    if (!now || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return real(clock, time);
    time->tv_sec = atol(now);
    time->tv_nsec = 0;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    REAL(gettimeofday);
    if (!now) return real(time, zone);
    time->tv_sec = atol(now);
    time->tv_usec = 0;
    return 0;
}

time_t time(time_t *result) {
    REAL(time);
    if (!now) return real(result);
    if (result) *result = atol(now);
    return atol(now);
}
