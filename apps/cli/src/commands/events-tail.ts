import { type EventView, liveMessageSchema } from '@phalanx/contracts';
import { AppError, backoffMs, sleep } from '@phalanx/kit';
import { type Command, Option } from 'commander';
import { printable } from '../output/table.js';
import { EVENT_COLUMNS, RESOURCES } from '../resources.js';
import { readServerEvents } from '../session/server-events.js';
import { openClient, resourceId, tenantId } from './context.js';

interface TailOptions {
  readonly tenant?: string;
  readonly application?: string;
  readonly action?: string;
  readonly output: 'table' | 'json';
}

/** One line a person can follow. */
function describeEvent(event: EventView): string {
  return Object.values(EVENT_COLUMNS)
    .map((read) => read(event))
    .filter((cell) => cell !== null && cell !== undefined)
    .map((cell) => printable(String(cell)))
    .join('  ');
}

async function tail(options: TailOptions): Promise<void> {
  const api = openClient();
  const tenant = options.tenant ? await tenantId(api, options.tenant) : undefined;
  const application = options.application ? await resourceId(api, RESOURCES.applications, options.application, tenant) : undefined;
  const wanted = (event: EventView) =>
    (!tenant || event.tenantId === tenant) &&
    (!application || (event.kind === 'attack' && event.applicationId === application)) &&
    (!options.action || (event.kind === 'attack' && event.action === options.action));
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort());
  process.once('SIGTERM', () => stopped.abort());
  for (let attempt = 0; !stopped.signal.aborted; attempt++) {
    try {
      const query = new URLSearchParams({ topics: 'event', ...(tenant ? { tenantId: tenant } : {}) });
      for await (const message of readServerEvents(await api.stream(`/api/v1/live?${query}`, stopped.signal))) {
        attempt = 0;
        if (message.event !== 'event') continue;
        const { event } = liveMessageSchema.parse(JSON.parse(message.data));
        if (event && wanted(event)) console.log(options.output === 'json' ? JSON.stringify(event) : describeEvent(event));
      }
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (error instanceof AppError && error.kind !== 'unavailable') throw error;
      console.error('the stream broke; connecting again');
    }
    await sleep(backoffMs(attempt, { firstMs: 500, maxMs: 10_000 }), stopped.signal).catch(() => undefined);
  }
}

export function addEventsCommands(program: Command): void {
  const events = program.command('events').description('attack and system events');
  events
    .command('tail')
    .description('follow events as they arrive, until Ctrl-C')
    .option('--tenant <id|slug>', 'only of this tenant')
    .option('--application <id|name>', 'only of this application')
    .addOption(new Option('--action <action>', 'only with this outcome').choices(['blocked', 'detected', 'passed']))
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action(tail);
}
