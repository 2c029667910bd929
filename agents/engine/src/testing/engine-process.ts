import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import {
  applianceEventSchema,
  DEFAULT_SETTINGS,
  engineAnswerSchema,
  type ApplianceEvent,
  type AppliancePolicy,
  type EngineAnswer,
  type EngineLoad,
  type EngineStatus,
  type PartialSettings,
  type Settings,
  type SignaturePack,
} from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';

const PACKAGE = resolve(import.meta.dirname, '../..');
const MAIN = join(PACKAGE, 'dist/main.js');

/** Builds the engine where that was not done yet. Throws the compiler's words when it can't be. */
export function ensureBuilt(): void {
  if (existsSync(MAIN)) return;
  const root = resolve(PACKAGE, '../..');
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-b', PACKAGE], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the engine does not build:\n${stdout}`);
}

/** An origin that tells what it was asked. */
export async function startOrigin(
  answer = 'hello from the origin',
  type = 'text/plain',
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('Content-Type', type).end(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** A running engine: its process, and what it printed. */
export class EngineProcess {
  readonly child: ChildProcess;
  output = '';
  complaints = '';
  exitCode: number | null = null;
  #isEnded = false;

  /** `environment` is added to this process's own. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.child = spawn('/usr/bin/env', [...given, process.execPath, MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    this.child.on('close', (code) => {
      this.exitCode = code;
      this.#isEnded = true;
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Pids of its worker processes. */
  workers(): number[] {
    const { pid } = this.child;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  }

  /** Waits for a line of its output. */
  async printed(pattern: RegExp, deadlineMs = 60_000): Promise<RegExpExecArray> {
    await eventually(
      () => pattern.test(this.output) || this.#isEnded,
      deadlineMs,
      () => this.complaints,
    );
    const match = pattern.exec(this.output);
    if (!match) throw new Error(`the engine ended with ${this.exitCode}: ${this.complaints}`);
    return match;
  }

  async ended(deadlineMs = 60_000): Promise<number | null> {
    await eventually(
      () => this.#isEnded,
      deadlineMs,
      () => this.complaints,
    );
    return this.exitCode;
  }

  async stop(): Promise<void> {
    if (this.#isEnded) return;
    this.child.kill('SIGTERM');
    try {
      await this.ended(15_000);
    } catch {
      this.child.kill('SIGKILL');
      await this.ended();
    }
  }
}

/** Polls until it is true; the deadline is an error that ends with `state()`. */
export async function eventually(
  isTrue: () => boolean | Promise<boolean>,
  deadlineMs = 30_000,
  state: () => string = () => '',
): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (!(await isTrue())) {
    if (Date.now() > until) throw new Error(`it did not become true within ${deadlineMs} ms. ${state()}`);
    await sleep(25);
  }
}

/** An answer as a client sees it. */
export interface Seen {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestId: string;
}

/** One request on a connection of its own. Rejects when the connection breaks. */
export function get(port: number, path: string, headers: Record<string, string> = {}, body?: string): Promise<Seen> {
  return new Promise((done, fail) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { Host: 'shop.example', ...headers },
      agent: false,
    };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', fail);
      response.on('end', () => {
        const requestId = /(?:Request id: <code>|"requestId":")([0-9a-f]{32})/.exec(text)?.[1] ?? '';
        done({ status: response.statusCode ?? 0, body: text, headers: response.headers, requestId });
      });
    });
    request.setTimeout(30_000, () => request.destroy(new Error('no answer')));
    request.on('error', fail);
    request.end(body);
  });
}

/** A home with its folders, and what the agent would put there. */
export class TestHome {
  constructor(readonly root: string) {
    for (const name of ['staged', 'active', 'secrets', 'spool']) mkdirSync(join(root, name), { recursive: true });
  }

  put(folder: 'staged' | 'active', policy: AppliancePolicy, rules: string | SignaturePack): void {
    writeFileSync(join(this.root, folder, 'policy.json'), JSON.stringify(policy));
    const own = { version: 1, name: 'test-pack', packVersion: '1', load: ['rules.conf'], files: { 'rules.conf': rules } };
    const pack = typeof rules === 'string' ? own : rules;
    writeFileSync(join(this.root, folder, 'signatures.json'), JSON.stringify(pack));
  }

  /** All events in the spool, and the folded refusals beside them. */
  events(): { events: ApplianceEvent[]; folded: number } {
    const events: ApplianceEvent[] = [];
    let folded = 0;
    for (const name of readdirSync(join(this.root, 'spool')).filter((n) => /\.(?:open|closed)$/.test(n))) {
      const lines = readSegment(join(this.root, 'spool', name))
        .split('\n')
        .slice(1, -1);
      for (const line of lines) {
        if (line.startsWith('+')) folded++;
        else events.push(applianceEventSchema.parse(JSON.parse(line)));
      }
    }
    return { events, folded };
  }

  /** One request on the control socket. */
  control(request: Record<string, unknown>, deadlineMs = 60_000): Promise<EngineAnswer> {
    return new Promise((done, fail) => {
      const socket = connect(join(this.root, 'control.sock'));
      let text = '';
      socket.setTimeout(deadlineMs, () => socket.destroy(new Error('no answer on the control socket')));
      socket.on('error', fail);
      socket.on('close', () => fail(new Error('the control socket was closed without an answer')));
      socket.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (!text.includes('\n')) return;
        socket.end();
        done(engineAnswerSchema.parse(JSON.parse(text.slice(0, text.indexOf('\n')))));
      });
      socket.write(`${JSON.stringify({ id: 1, ...request })}\n`);
    });
  }

  async status(): Promise<EngineStatus> {
    const answer = await this.control({ op: 'status' });
    if (!answer.ok || !('status' in answer)) throw new Error(JSON.stringify(answer));
    return answer.status;
  }

  /** Loads `staged/`; throws the engine's words when it refuses. */
  async load(): Promise<EngineLoad> {
    const answer = await this.control({ op: 'load', folder: 'staged' });
    if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`);
    if (!('load' in answer)) throw new Error(JSON.stringify(answer));
    return answer.load;
  }
}

/** A segment's text; its writer may close it between our look at the folder and at the file. */
function readSegment(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !path.endsWith('.open')) throw error;
    return readFileSync(path.replace(/\.open$/, '.closed'), 'utf8');
  }
}

/** Settings with some of them changed. */
export function settingsWith(changes: PartialSettings): Settings {
  const merged: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [key, value] of Object.entries(changes)) {
    merged[key] = typeof value === 'object' ? { ...(DEFAULT_SETTINGS[key as keyof Settings] as object), ...value } : value;
  }
  return merged as Settings;
}

/** Rules that refuse an SQL injection in any argument, with CRS's number for it. */
export const SQLI_RULES = `SecRule ARGS "@rx (?i)' *or *1=1" "id:942100,phase:2,deny,status:403,log,msg:'SQL injection',severity:CRITICAL,tag:'attack-sqli'"`;
export const SQLI_PATH = '/search?id=1%27%20or%201=1--';
