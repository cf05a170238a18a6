/* The library that missing.c needs; it is built where no loader looks. */
int cplugtest_gone(void);
__attribute__((visibility("default"))) int cplugtest_gone(void) { return 1; }
