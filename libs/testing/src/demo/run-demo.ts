import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplianceView, ClaimCreated } from '@phalanx/contracts';
import { nodeDisk } from '@phalanx/kit';
import { Lab } from '../lab/lab.js';
import { Child } from '../processes/child.js';
import { Supervised } from '../processes/supervised.js';
import { waitUntil } from '../processes/wait-until.js';
import type { RestClient } from '../rest/rest-client.js';
import { Stack } from '../stack/stack.js';
import { Traffic } from '../traffic/traffic.js';
import { ensureFleet, type FleetBox } from './fleet.js';
import { type DemoPair, pairReason, startPair } from './pair.js';

export interface DemoOptions {
  readonly home: string;
  readonly consoleFolder: string | null;
  /** The console's port when it is free; another one otherwise. */
  readonly consolePort: number;
  readonly databaseUrl: string | null;
  readonly requestsPerSecond: number;
  /** Path of the shop's program. */
  readonly shop: string;
  readonly signal: AbortSignal;
}

const say = (message: string) => console.log(`phalanx: ${message}`);

function shopService(options: DemoOptions, logFolder: string): { service: Supervised; port: () => number } {
  let port = 0;
  const service = new Supervised({
    name: 'shop',
    onTrouble: say,
    launch: async () => {
      const child = new Child({ command: process.execPath, args: [options.shop, String(port)], logFile: join(logFolder, 'shop.log') });
      const [, listening] = await child.line(/shop listening on 127\.0\.0\.1:(\d+)/);
      // A shop that is started again keeps its address: the appliances know it.
      port = Number(listening);
      return child;
    },
  });
  return { service, port: () => port };
}

async function startBox(stack: Stack, api: RestClient, { appliance }: FleetBox): Promise<void> {
  const enrolled = nodeDisk.read(join(stack.boxHome(appliance.name), 'identity/grant.json')) !== null;
  const claim = enrolled ? null : await api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 60 });
  await stack.addBox({
    name: appliance.name,
    workers: 1,
    ...(claim ? { claim: { secret: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint } } : {}),
  });
}

/** Runs until the signal aborts, then stops everything in order. Prints the one `ready …` line when all boxes are in sync. */
export async function runDemo(options: DemoOptions): Promise<void> {
  mkdirSync(options.home, { recursive: true, mode: 0o755 });
  say('starting database, broker and controller');
  const stack = await Stack.start({
    home: options.home,
    onTrouble: say,
    ...(options.consoleFolder ? { consoleFolder: options.consoleFolder } : {}),
    consolePort: options.consolePort,
    ...(options.databaseUrl ? { databaseUrl: options.databaseUrl } : {}),
  });
  const shop = shopService(options, stack.logFolder);
  let traffic: Traffic | null = null;
  let pair: DemoPair | null = null;
  let lab: Lab | null = null;
  try {
    await shop.service.start();
    const api = await stack.signIn();
    const fleet = await ensureFleet(api, shop.port());
    say(`starting ${fleet.length} appliances`);
    for (const box of fleet) if (!options.signal.aborted) await startBox(stack, api, box);
    await waitUntil('all appliances to be in sync', () => inSync(api, fleet, options.signal), { timeoutMs: 120_000, intervalMs: 250 });
    const reason = pairReason();
    if (reason !== null) say(`no pair with a virtual address is run, all appliances are on the loopback address: ${reason}`);
    else if (!options.signal.aborted) {
      say('starting a pair of appliances on a network of their own');
      lab = await Lab.create();
      pair = await startPair(lab, stack, api, 'hanbit', shop.port());
    }
    if (!options.signal.aborted) {
      const targets = fleet.map(({ application }) => ({ host: '127.0.0.1', port: application.listenPort, name: application.hosts[0]! }));
      if (pair) targets.push({ host: '127.0.0.1', port: pair.port, name: pair.application.hosts[0]! });
      for (const target of targets) say(`${target.name} is protected at http://${target.host}:${target.port}/`);
      traffic = new Traffic({ targets, requestsPerSecond: options.requestsPerSecond, attackShare: 0.05 });
      console.log(`ready console=${stack.controllerUrl} user=${stack.state.adminUser} password=${stack.state.adminPassword}`);
      await aborted(options.signal);
    }
  } finally {
    say('stopping');
    await traffic?.stop();
    await shop.service.stop();
    await stack.stop();
    await lab?.close();
  }
}

async function inSync(api: RestClient, fleet: readonly FleetBox[], signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true;
  const states = await Promise.all(fleet.map(({ appliance }) => api.get<ApplianceView>(`/api/v1/appliances/${appliance.id}`)));
  const waiting = states.filter((state) => state.syncState !== 'in-sync');
  if (waiting.length > 0)
    throw new Error(
      waiting.map((state) => `${state.name} is ${state.syncState}${state.syncReason ? ` (${state.syncReason})` : ''}`).join(', '),
    );
  return true;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
