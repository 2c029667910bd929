import { AppError } from '@phalanx/kit';

/** What one run of the load generator saw. */
export interface WrkResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers with a status of 400 or more. */
  readonly refused: number;
  /** Connections that failed, were cut, or did not answer in time. */
  readonly socketErrors: number;
  /** Attacks that were sent. */
  readonly attacks: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Reads the line that the script prints at the end. Throws `unavailable` with the whole output when there is none. */
export function parseWrk(output: string): WrkResult {
  const line = /^wrk (.*)$/m.exec(output)?.[1];
  const figures = new Map(line?.split(' ').map((pair) => pair.split('=') as [string, string]));
  const figure = (name: string): number => {
    const value = Number(figures.get(name) ?? Number.NaN);
    if (Number.isNaN(value)) throw new AppError('unavailable', 'bench.wrk-output', `wrk did not say ${name}: ${output}`);
    return value;
  };
  return {
    requests: figure('requests'),
    seconds: figure('duration_us') / 1e6,
    refused: figure('refused'),
    socketErrors: figure('connect') + figure('read') + figure('write') + figure('timeout'),
    attacks: figure('attacks'),
    p50Ms: figure('p50_us') / 1e3,
    p99Ms: figure('p99_us') / 1e3,
  };
}
