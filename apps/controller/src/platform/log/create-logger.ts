import { fromPino, type Logger } from '@phalanx/kit';
import { pino } from 'pino';

const SECRETS = ['password', 'secret', 'token', 'claim', 'authorization', 'cookie', 'privateKeyPem', 'connectionString'];

/** JSON lines on standard output, with anything that could be a secret cut out. */
export function createLogger(level: string, name = 'controller'): Logger {
  const paths = SECRETS.flatMap((key) => [key, `*.${key}`]);
  return fromPino(
    pino({
      name,
      level,
      base: { name, pid: process.pid },
      redact: { paths, censor: '[secret]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    }),
  );
}
