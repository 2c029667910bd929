import { setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, fromPino, messageOf, nodeDisk } from '@phalanx/kit';
import { pino } from 'pino';
import { BoxHome } from '../../../platform/box-home.js';
import { SocketEngineLink } from '../../../platform/socket-engine-link.js';
import { runTool } from '../../../platform/system-tools.js';
import { EventRecorder } from '../../events/index.js';
import { HaHome } from '../ha-home.js';
import { Keeper } from './keeper.js';

/** Before other work of the box: a take-over is decided within fractions of a second. */
const NICE = -19;

function main(args: readonly string[]): void {
  const { values } = parseArgs({ args: [...args], options: { home: { type: 'string' } } });
  if (!values.home) throw new AppError('invalid', 'cli.usage', 'usage: keeper --home DIR');
  const box = new BoxHome(resolve(values.home));
  const logger = fromPino(pino({ name: 'ha-keeper', timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: true })));
  try {
    setPriority(NICE);
  } catch (error) {
    logger.warn('the keeper runs without precedence', { error: messageOf(error) });
  }
  const recorder = new EventRecorder(box.spool, logger);
  const engine = new SocketEngineLink(join(box.engine, 'control.sock'));
  const keeper = new Keeper({ home: new HaHome(box.ha), engine, run: runTool, disk: nodeDisk, recorder, logger });
  const end = (work: () => Promise<void>) => {
    work()
      .then(() => {
        recorder.close();
        process.exit(0);
      })
      .catch((error: unknown) => {
        logger.error('the keeper did not end cleanly', { error: messageOf(error) });
        process.exit(1);
      });
  };
  process.once('SIGTERM', () => end(() => keeper.stop()));
  process.once('SIGHUP', () => end(() => keeper.leave()));
  keeper.start();
  logger.info('the keeper runs', { pid: process.pid });
}

main(process.argv.slice(2));
