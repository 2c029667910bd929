// Sends HTTP requests at a steady rate and prints one JSON line (`SteadyOutcome`) for each. Argument: `SteadyOptions` as JSON. SIGTERM: sends no more, waits for what is under way, ends.
import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { SteadyOptions, SteadyOutcome } from '../steady-options.js';

const options = JSON.parse(process.argv[2] ?? '') as SteadyOptions;
const { address, port, requestsPerSecond, path = '/', host = address, timeoutMs = 5_000, keepAlive = false, tls = false } = options;
const localAddress = options.localAddress === undefined ? {} : { localAddress: options.localAddress };
const agentOptions = { keepAlive, ...(keepAlive ? { maxSockets: 1 } : {}) };
const agent = tls ? new TlsAgent({ ...agentOptions, rejectUnauthorized: false }) : new Agent(agentOptions);
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
let number = 0;
let underWay = 0;
let isStopping = false;

function send(): void {
  const n = number++;
  const startedMs = monotonicMs();
  underWay++;
  let isTold = false;
  const tell = (outcome: Pick<SteadyOutcome, 'status' | 'error' | 'body'>) => {
    if (isTold) return;
    isTold = true;
    underWay--;
    const told: SteadyOutcome = { n, startedMs, endedMs: monotonicMs(), ...outcome };
    process.stdout.write(`${JSON.stringify(told)}\n`);
    if (isStopping && underWay === 0) process.exit(0);
  };
  const fail = (error: string) => tell({ status: 0, error, body: '' });
  const separator = path.includes('?') ? '&' : '?';
  const outgoing = (tls ? tlsRequest : request)(
    {
      host: address,
      port,
      path: `${path}${separator}n=${n}`,
      agent,
      headers: { host, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Steady/1.0', accept: '*/*', ...options.headers },
      ...localAddress,
    },
    (answer) => {
      let body = '';
      answer.setEncoding('latin1').on('data', (text: string) => (body += text));
      answer.on('end', () =>
        answer.complete ? tell({ status: answer.statusCode ?? 0, error: null, body: body.slice(0, 200) }) : fail('cut short'),
      );
      answer.on('error', (error) => fail(error.message));
    },
  );
  const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  outgoing.on('error', (error) => fail(error.message));
  outgoing.on('close', () => {
    clearTimeout(timer);
    fail('closed');
  });
  outgoing.end();
}

const firstMs = monotonicMs();
const timer = setInterval(() => {
  // A late tick sends what it owes, so that the rate holds.
  while (!isStopping && number <= ((monotonicMs() - firstMs) / 1000) * requestsPerSecond) send();
}, 2);
process.on('SIGTERM', () => {
  isStopping = true;
  clearInterval(timer);
  if (underWay === 0) process.exit(0);
});
console.log('client sending');
