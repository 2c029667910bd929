export type LogFields = Readonly<Record<string, unknown>>;

/**
 * What our code logs through: a constant message, variable facts as fields. error = a person must act, warn = heals itself,
 * info = a state changed. pino's loggers have this shape with the arguments the other way round: see `fromPino`.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
}

interface PinoLike {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  child(fields: LogFields): PinoLike;
}

/** A `Logger` over a pino logger. */
export function fromPino(pino: PinoLike): Logger {
  return {
    error: (message, fields = {}) => pino.error(fields, message),
    warn: (message, fields = {}) => pino.warn(fields, message),
    info: (message, fields = {}) => pino.info(fields, message),
    debug: (message, fields = {}) => pino.debug(fields, message),
    child: (fields) => fromPino(pino.child(fields)),
  };
}

/** A logger that says nothing, for code whose caller gave none. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
