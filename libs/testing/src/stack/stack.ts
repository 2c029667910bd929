import { join } from 'node:path';
import { AppError, messageOf } from '@phalanx/kit';
import type { LabHost } from '../lab/lab-host.js';
import type { Lab } from '../lab/lab.js';
import { startPostgres } from '../postgres/postgres-server.js';
import { Child } from '../processes/child.js';
import { Supervised } from '../processes/supervised.js';
import { waitUntil } from '../processes/wait-until.js';
import { RestClient } from '../rest/rest-client.js';
import { Box, type BoxOptions } from './box.js';
import { builtProgram } from './repo.js';
import { loadStackState, type StackState } from './stack-state.js';

export interface StackOptions {
  /** Where everything lives between starts. */
  readonly home: string;
  readonly consolePort?: number;
  /** Folder of the built console; without one only the API is served. */
  readonly consoleFolder?: string;
  /** PostgreSQL of the user's own, instead of ours. */
  readonly databaseUrl?: string;
  /** False for tests: the database does not wait for the disk. */
  readonly durable?: boolean;
  readonly onTrouble?: (message: string) => void;
  /** Added to the controller's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the boxes of a test network reach broker and enrolment: at this address of this host, which passes on to this machine. */
  readonly door?: { readonly lab: Lab; readonly host: LabHost; readonly address: string };
}

/**
 * A whole Phalanx on this machine: PostgreSQL, broker, controller and any number of boxes, each a real process under supervision.
 * What dies is started again; `stop` ends all of it in order.
 */
export class Stack {
  readonly boxes: Box[] = [];
  readonly postgres: Supervised | null;
  readonly broker: Supervised;
  readonly controller: Supervised;
  databaseUrl = '';
  controllerUrl = '';

  private constructor(
    private readonly options: StackOptions,
    readonly state: StackState,
  ) {
    const onTrouble = options.onTrouble ?? (() => undefined);
    this.databaseUrl = options.databaseUrl ?? '';
    this.postgres = options.databaseUrl ? null : new Supervised({ name: 'postgres', onTrouble, launch: () => this.launchPostgres() });
    this.broker = new Supervised({ name: 'broker', onTrouble, launch: () => this.launchBroker() });
    this.controller = new Supervised({ name: 'controller', onTrouble, launch: () => this.launchController() });
  }

  static async start(options: StackOptions): Promise<Stack> {
    for (let attempt = 1; ; attempt++) {
      const { consolePort } = options;
      const stack = new Stack(options, await loadStackState(options.home, consolePort === undefined ? {} : { consolePort }));
      try {
        await stack.postgres?.start();
        await stack.prepare();
        await stack.broker.start();
        await stack.controller.start();
        await stack.openDoors();
        return stack;
      } catch (error) {
        await stack.stop();
        // A port that was free a moment ago may have been taken since.
        if (attempt === 3 || !/EADDRINUSE|address already in use/i.test(messageOf(error))) throw error;
      }
    }
  }

  get logFolder(): string {
    return join(this.options.home, 'logs');
  }

  async signIn(): Promise<RestClient> {
    return RestClient.signIn(this.controllerUrl, this.state.adminUser, this.state.adminPassword);
  }

  /** Adds a box and starts it. Its home is `boxes/<name>`. */
  async addBox(options: Omit<BoxOptions, 'home' | 'logFolder' | 'onTrouble'>): Promise<Box> {
    const box = new Box({
      ...options,
      home: this.boxHome(options.name),
      logFolder: this.logFolder,
      onTrouble: this.options.onTrouble ?? (() => undefined),
    });
    this.boxes.push(box);
    await box.start();
    return box;
  }

  boxHome(name: string): string {
    return join(this.options.home, 'boxes', name);
  }

  async stop(): Promise<void> {
    await Promise.all(this.boxes.map((box) => box.stop()));
    await this.controller.stop('SIGTERM', 15_000);
    await this.broker.stop();
    // SIGINT is PostgreSQL's fast shutdown.
    await this.postgres?.stop('SIGINT', 15_000);
  }

  private async openDoors(): Promise<void> {
    const { door } = this.options;
    const { mqtt, enrolment } = this.state.ports;
    if (door) for (const port of [mqtt, enrolment]) await door.lab.doorIn(door.host, { address: door.address, port }, port);
  }

  private environment(): NodeJS.ProcessEnv {
    const { ports, adminPassword } = this.state;
    const { door } = this.options;
    const hosts = `${door?.address},127.0.0.1,localhost`;
    return {
      ...process.env,
      PHALANX_HOME: join(this.options.home, 'controller'),
      PHALANX_HOST: '127.0.0.1',
      PHALANX_PORT: String(ports.console),
      PHALANX_MQTT_PORT: String(ports.mqtt),
      PHALANX_ENROL_PORT: String(ports.enrolment),
      PHALANX_ADMIN_PASSWORD: adminPassword,
      DATABASE_URL: this.databaseUrl,
      ...(door ? { PHALANX_MQTT_HOSTS: hosts, PHALANX_ENROL_HOSTS: hosts } : {}),
      ...(this.options.consoleFolder ? { PHALANX_CONSOLE_DIR: this.options.consoleFolder } : {}),
      ...this.options.environment,
    };
  }

  private async launchPostgres(): Promise<Child> {
    const server = await startPostgres({
      folder: join(this.options.home, 'postgres/data'),
      port: this.state.ports.postgres,
      durable: this.options.durable ?? true,
      logFile: join(this.logFolder, 'postgres.log'),
    });
    this.databaseUrl = server.ownerUrl;
    return server.child;
  }

  private async prepare(): Promise<void> {
    const child = this.node('prepare', ['prepare']);
    const { code } = await child.exited;
    if (code !== 0)
      throw new AppError('unavailable', 'stack.prepare', `the controller could not be prepared:\n${child.output().slice(-4_000)}`);
  }

  private async launchBroker(): Promise<Child> {
    const config = join(this.options.home, 'controller/broker/mosquitto.conf');
    const child = new Child({ command: '/usr/sbin/mosquitto', args: ['-c', config], logFile: join(this.logFolder, 'broker.log') });
    await child.line(/mosquitto version .* running/);
    return child;
  }

  private async launchController(): Promise<Child> {
    const child = this.node('controller', ['serve']);
    const [, url] = await child.line(/controller listening on (\S+)/, 60_000);
    this.controllerUrl = url!;
    await waitUntil('the controller to be ready', async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 30_000, intervalMs: 100 });
    return child;
  }

  private node(log: string, args: readonly string[]): Child {
    const program = builtProgram('apps/controller/dist/main.js');
    return new Child({
      command: process.execPath,
      args: ['--enable-source-maps', program, ...args],
      env: this.environment(),
      logFile: join(this.logFolder, `${log}.log`),
    });
  }
}
