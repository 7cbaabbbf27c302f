#ifndef CLOCK_SKEW_H
#define CLOCK_SKEW_H

/// Lets the time of day be off by so many seconds, for the whole process, and returns whether that can be done here. Clocks that
/// nobody sets go on as they are.
int skew_time_of_day(long seconds);

#endif
