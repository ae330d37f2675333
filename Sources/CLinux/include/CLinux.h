#ifndef ATELIER_CLINUX_H
#define ATELIER_CLINUX_H

// Linux calls that Glibc's Swift overlay does not show.

#endif
