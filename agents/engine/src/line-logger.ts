import type { LogFields, Logger } from '@phalanx/kit';

type Severity = 'error' | 'warn' | 'info' | 'debug';

/** A logger that writes one JSON line each to standard error: the engine carries no logging package into the request path. */
export function lineLogger(fields: LogFields = {}): Logger {
  const write = (level: Severity, message: string, more: LogFields = {}): void => {
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields, ...more })}\n`);
  };
  return {
    error: (message, more) => write('error', message, more),
    warn: (message, more) => write('warn', message, more),
    info: (message, more) => write('info', message, more),
    debug: () => undefined,
    child: (more) => lineLogger({ ...fields, ...more }),
  };
}
