import type { IncomingHttpHeaders } from 'node:http';
import type { Child } from '../processes/child.js';
import { builtProgram } from '../stack/repo.js';
import type { LabNamespace } from './lab-namespace.js';

/** One request as the origin saw it. `atMs`: the kernel's monotonic clock. */
export interface OriginRequest {
  readonly number: number;
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Who connected. */
  readonly peer: string;
  readonly peerPort: number;
  readonly bodyBytes: number;
}

export interface OriginOptions {
  readonly address: string;
  readonly port: number;
  /** Answered in each body as `origin`; the host's name unless given. */
  readonly name?: string;
  readonly tls?: { readonly keyFile: string; readonly certificateFile: string };
}

/** A web server in a host of the lab that keeps what it was asked. Answers 200 with `{origin, number, peer}`. */
export class RecordingOrigin {
  readonly requests: OriginRequest[] = [];

  private constructor(readonly child: Child) {
    child.onLine((line) => {
      if (line.startsWith('{')) this.requests.push(JSON.parse(line) as OriginRequest);
    });
  }

  static async start(host: LabNamespace, { address, port, name = host.name, tls }: OriginOptions): Promise<RecordingOrigin> {
    const files = tls ? [tls.keyFile, tls.certificateFile] : [];
    const program = builtProgram('libs/testing/dist/lab/programs/recording-origin.js');
    const origin = new RecordingOrigin(host.node(program, [address, String(port), name, ...files]));
    await origin.child.line(/^origin listening/m);
    return origin;
  }

  /** After it `requests` is whole. */
  async stop(): Promise<void> {
    await this.child.stop('SIGTERM', 2_000);
    await this.child.drained;
  }
}
