import { Child, type ChildOptions } from '../processes/child.js';
import { endOf, outputOf, type ProgramEnd, type ProgramRun } from './run-program.js';

export type HostChildOptions = Omit<ChildOptions, 'command' | 'args'>;

/** A network namespace of the lab, and the programs that run in it. */
export class LabNamespace {
  private readonly children: Child[] = [];

  constructor(
    readonly name: string,
    /** Name of the network namespace. */
    readonly namespace: string,
    /** For sockets, logs and files of this host; removed with the lab. */
    readonly folder: string,
  ) {}

  /** Sets kernel settings of this host, each as `name=value`. */
  async sysctl(...settings: readonly string[]): Promise<void> {
    await this.run('sysctl', ['-qw', ...settings]);
  }

  /** `ip` in this host, answering what it printed. */
  async ip(...args: readonly string[]): Promise<string> {
    return outputOf('ip', ['-n', this.namespace, ...args]);
  }

  /** Loads an nft script into this host. */
  async nft(script: string): Promise<string> {
    return this.run('nft', ['-f', '-'], { input: script });
  }

  /** Runs a program in this host to its end, and answers its standard output. Throws with its own words when it fails. */
  async run(command: string, args: readonly string[], run: ProgramRun = {}): Promise<string> {
    return outputOf('ip', ['netns', 'exec', this.namespace, command, ...args], run);
  }

  /** The same for a program that may fail. */
  async attempt(command: string, args: readonly string[], run: ProgramRun = {}): Promise<ProgramEnd> {
    return endOf('ip', ['netns', 'exec', this.namespace, command, ...args], run);
  }

  /** A program that runs in this host until it is stopped, at the latest with the lab. Its pid is its own (`ip` steps aside). */
  spawn(command: string, args: readonly string[], options: HostChildOptions = {}): Child {
    const child = new Child({ ...options, ...this.commandLine(command, args) });
    this.children.push(child);
    return child;
  }

  /** A Node program in this host. */
  node(script: string, args: readonly string[] = [], options: HostChildOptions = {}): Child {
    return this.spawn(process.execPath, ['--enable-source-maps', script, ...args], options);
  }

  /** How another supervisor starts a program in this host. */
  commandLine(command: string, args: readonly string[]): { command: string; args: string[] } {
    return { command: 'ip', args: ['netns', 'exec', this.namespace, command, ...args] };
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop('SIGTERM', 2_000)));
  }
}
