/* Preloaded into a program, it hands it a clock and strikes at one of its writes.

   STRIKE_NOW    the time that it sees, for ever: seconds since 1970
   STRIKE_UNDER  only what happens to files below this folder counts
   STRIKE_AT     at the how manieth operation, from 1; 0 or unset: at none
   STRIKE_HOW    kill before it, kill-after it, tear: kill after half of a write; else the number
                 of the error that the operation gives
   STRIKE_ON     1: from then on all operations give that error
   STRIKE_ONLY   count operations of this kind alone: write, sync, name, lock
   STRIKE_COUNT  where the number of operations is written when the program ends

   An operation is a write, a flush to disk, a change of a name or a length; or, where asked for, a
   lock. Build: cc -shared -fPIC -O2 -o strike.so strike.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long done;
static long at;
static int lasting;
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

void set_clock(const char *seconds) { now = strdup(seconds); }

long operations(void) { return done; }

static int is_ours(const char *path) {
    return under && strncmp(path, under, strlen(under)) == 0;
}

static int is_open_below(int fd) {
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (!under) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

/* Whether the operation is struck; errno then says how it ends. Does not return from a kill. */
static int is_struck(const char *kind, int counts) {
    long number;
    if (!counts || (*only ? strcmp(only, kind) != 0 : strcmp(kind, "lock") == 0)) return 0;
    number = ++done;
    if (!at || (lasting ? number < at : number != at)) return 0;
    if (strcmp(how, "kill") == 0) raise(SIGKILL);
    errno = atoi(how);
    return 1;
}

static int dies_after(void) { return strcmp(how, "kill-after") == 0; }
static int tears(void) { return strcmp(how, "tear") == 0; }

#define STRIKE(kind, counts, failure, call)                 \
    do {                                                    \
        if (is_struck(kind, counts)) {                      \
            if (!dies_after() && !tears()) return failure;  \
            call;                                           \
            raise(SIGKILL);                                 \
        }                                                   \
        return call;                                        \
    } while (0)

#define TORN(size) (tears() && struck ? (size) / 2 : (size))

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    int struck = is_struck("write", is_open_below(fd));
    if (struck && !dies_after() && !tears()) return -1;
    ssize_t wrote = real(fd, data, TORN(size));
    if (struck) raise(SIGKILL);
    return wrote;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL(pwrite64);
    int struck = is_struck("write", is_open_below(fd));
    if (struck && !dies_after() && !tears()) return -1;
    ssize_t wrote = real(fd, data, TORN(size), offset);
    if (struck) raise(SIGKILL);
    return wrote;
}

int fsync(int fd) { REAL(fsync); STRIKE("sync", is_open_below(fd), -1, real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); STRIKE("sync", is_open_below(fd), -1, real(fd)); }

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    STRIKE("name", is_open_below(fd), -1, real(fd, size));
}

int rename(const char *from, const char *to) {
    REAL(rename);
    STRIKE("name", is_ours(to), -1, real(from, to));
}

int unlink(const char *path) { REAL(unlink); STRIKE("name", is_ours(path), -1, real(path)); }

int link(const char *from, const char *to) {
    REAL(link);
    STRIKE("name", is_ours(to), -1, real(from, to));
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(linkat);
    STRIKE("name", is_ours(to), -1, real(a, from, b, to, flags));
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    STRIKE("name", is_ours(path), -1, real(path, mode));
}

static int lock_or_other(int (*real)(int, int, ...), int fd, int command, void *argument) {
    int exclusive = command == F_SETLK && ((struct flock *)argument)->l_type == F_WRLCK;
    STRIKE("lock", exclusive && is_open_below(fd), -1, real(fd, command, argument));
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
