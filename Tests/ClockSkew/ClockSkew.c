#define _GNU_SOURCE

#include "ClockSkew.h"

#if defined(__linux__)

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// A program's own functions go before those of the libraries that it is linked with, in these too.

static long skew;

int skew_time_of_day(long seconds) {
    skew = seconds;
    return 1;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int status = (int)syscall(SYS_clock_gettime, clock, time);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += skew;
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec time;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &time) != 0) return -1;
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    if (now != NULL) *now = precise.tv_sec;
    return precise.tv_sec;
}

#else

int skew_time_of_day(long seconds) { return seconds == 0; }

#endif
