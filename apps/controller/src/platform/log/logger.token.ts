/** Injection token of the program's `Logger`. */
export const LOGGER = Symbol('logger');
