#ifndef ATELIER_CKERNELS_H
#define ATELIER_CKERNELS_H

// The kernel table: see Sources/README.md.

#endif
