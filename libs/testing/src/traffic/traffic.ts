import { Agent, request as httpRequest } from 'node:http';
import { ATTACKS, LEGITIMATE, type TrafficRequest } from './requests.js';

export interface TrafficTarget {
  readonly host: string;
  readonly port: number;
  /** Host header. */
  readonly name: string;
}

export interface TrafficOptions {
  readonly targets: readonly TrafficTarget[];
  readonly requestsPerSecond: number;
  /** Share of attacks, 0 to 1. */
  readonly attackShare: number;
  /** Told of each finished request; status 0 when the connection broke. `requestId` is read off a block page. */
  readonly onAnswer?: (outcome: TrafficOutcome) => void;
}

export interface TrafficOutcome {
  readonly attack: boolean;
  readonly request: TrafficRequest;
  readonly status: number;
  readonly requestId: string | null;
  readonly body: Buffer;
}

const REQUEST_ID = /\b[0-9a-f]{32}\b/;

/** Sends steady traffic with attacks mixed in, from several loopback source addresses, until stopped. */
export class Traffic {
  private readonly agents: Agent[];
  private readonly timer: NodeJS.Timeout;
  private readonly open = new Set<Promise<void>>();
  private owed = 0;
  private sent = 0;
  private last = performance.now();

  constructor(private readonly options: TrafficOptions) {
    this.agents = Array.from({ length: 8 }, (_, i) => new Agent({ keepAlive: true, maxSockets: 16, localAddress: `127.0.0.${10 + i}` }));
    this.timer = setInterval(() => this.tick(), 10);
  }

  /** Stops sending and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    for (const agent of this.agents) agent.destroy();
  }

  private tick(): void {
    const now = performance.now();
    this.owed = Math.min(this.owed + ((now - this.last) / 1000) * this.options.requestsPerSecond, this.options.requestsPerSecond);
    this.last = now;
    while (this.owed >= 1) {
      this.owed--;
      const done: Promise<void> = this.send().finally(() => this.open.delete(done));
      this.open.add(done);
    }
  }

  private async send(): Promise<void> {
    const n = this.sent++;
    const attack = Math.random() < this.options.attackShare;
    const list = attack ? ATTACKS : LEGITIMATE;
    const request = list[Math.floor(Math.random() * list.length)]!;
    const target = this.options.targets[n % this.options.targets.length]!;
    const { status, body } = await exchange(target, request, this.agents[Math.floor(Math.random() * this.agents.length)]!);
    const requestId = status === 403 ? (REQUEST_ID.exec(body.toString('latin1'))?.[0] ?? null) : null;
    this.options.onAnswer?.({ attack, request, status, requestId, body });
  }
}

/** One request over the agent. Status 0 stands for a connection that broke or stayed silent for 15 s. */
export function exchange(
  target: TrafficTarget,
  request: TrafficRequest,
  agent?: Agent,
): Promise<{ status: number; body: Buffer; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, body: Buffer.alloc(0), headers: {} });
    const outgoing = httpRequest(
      {
        host: target.host,
        port: target.port,
        method: request.method,
        path: request.path,
        ...(agent ? { agent } : {}),
        timeout: 15_000,
        headers: {
          host: target.name,
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Demo/1.0',
          accept: 'text/html,application/json;q=0.9,*/*;q=0.8',
          'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8',
          ...(request.body === undefined
            ? {}
            : { 'content-type': request.type ?? 'text/plain', 'content-length': Buffer.byteLength(request.body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.complete ? (response.statusCode ?? 0) : 0, body: Buffer.concat(chunks), headers: response.headers }),
        );
        response.on('error', failed);
        response.on('close', failed);
      },
    );
    outgoing.on('error', failed);
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.end(request.body);
  });
}
