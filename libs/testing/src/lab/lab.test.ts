import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Child } from '../processes/child.js';
import { waitUntil } from '../processes/wait-until.js';
import { builtProgram } from '../stack/repo.js';
import { describeInLab } from './describe-in-lab.js';
import type { LabHost } from './lab-host.js';
import type { LabLink } from './lab-link.js';
import { Lab } from './lab.js';
import { FrameCapture, sendFrames } from './packet-socket.js';
import { ethernet, icmp, ipv4 } from './packets.js';
import { RecordingOrigin } from './recording-origin.js';
import { SteadyClient } from './steady-client.js';

const PRODUCT = builtProgram('libs/testing/dist/index.js');

function namespacesOf(id: string): string[] {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.startsWith(id));
}

/** How many of so many pings are answered. */
async function pings(from: LabHost, address: string, count = 1): Promise<number> {
  const { stdout } = await from.attempt('ping', ['-n', '-q', '-c', String(count), '-i', '0.01', '-W', '0.3', address]);
  return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
}

describeInLab('a test network', () => {
  let lab: Lab;
  let client: LabHost;
  let router: LabHost;
  let server: LabHost;
  let clientLink: LabLink;
  let serverLink: LabLink;

  beforeAll(async () => {
    lab = await Lab.create();
    const [outside, inside] = [await lab.segment('outside'), await lab.segment('inside')];
    [client, router, server] = [await lab.host('client'), await lab.host('router'), await lab.host('server')];
    clientLink = await client.join(outside, { addresses: ['10.1.0.2/24', 'fd00:1::2/64'] });
    await router.join(outside, { addresses: ['10.1.0.1/24', 'fd00:1::1/64'] });
    await router.join(inside, { addresses: ['10.2.0.1/24', 'fd00:2::1/64'] });
    serverLink = await server.join(inside, { addresses: ['10.2.0.2/24', 'fd00:2::2/64'] });
    await router.forward();
    await client.route('default', { via: '10.1.0.1' });
    await client.route('default', { via: 'fd00:1::1' });
    await server.route('default', { via: '10.2.0.1' });
    await server.route('default', { via: 'fd00:2::1' });
  });

  afterAll(() => lab.close());

  it('carries IPv4 and IPv6 from host to host across a router, at once', async () => {
    expect(router.links.map(({ name }) => name)).toEqual(['eth0', 'eth1']);
    expect(await pings(client, '10.2.0.2')).toBe(1);
    expect(await pings(client, 'fd00:2::2')).toBe(1);
  });

  it('cuts a link both ways and heals it', async () => {
    await serverLink.cut();
    expect(await pings(client, '10.2.0.2')).toBe(0);
    expect(await pings(server, '10.2.0.1')).toBe(0);
    await serverLink.heal();
    expect(await pings(client, '10.2.0.2')).toBe(1);
  });

  it('cuts one kind of packets only', async () => {
    await clientLink.cut({ protocol: 1 });
    expect(await pings(client, '10.2.0.2')).toBe(0);
    expect(await pings(client, 'fd00:2::2')).toBe(1);
    await clientLink.heal();
    const origin = await RecordingOrigin.start(server, { address: '::', port: 8080 });
    await clientLink.cut({ tcpPort: 8081 });
    const sender = await SteadyClient.start(client, {
      address: 'fd00:2::2',
      host: 'x.example',
      port: 8080,
      requestsPerSecond: 50,
      timeoutMs: 300,
    });
    await waitUntil('answers', () => sender.outcomes.length >= 5);
    await clientLink.cut({ tcpPort: 8080 });
    await waitUntil('a failure', () => sender.outcomes.some(({ error }) => error?.includes('300 ms')));
    await clientLink.heal();
    await waitUntil('answers again', () => sender.outcomes.at(-1)?.status === 200);
    const report = await sender.stop();
    await origin.stop();
    expect(report.longestGapMs).toBeGreaterThan(250);
    // Of a request that was under way when the cut came, the answer may be what was lost.
    const answered = sender.outcomes.filter(({ status }) => status === 200).map(({ n }) => `/?n=${n}`);
    expect(origin.requests.map(({ url }) => url)).toEqual(expect.arrayContaining(answered));
    expect(origin.requests[0]).toMatchObject({ method: 'GET', url: '/?n=0', peer: 'fd00:1::2', headers: { host: 'x.example' } });
  });

  it('loses about as many packets as it is told to', async () => {
    await clientLink.loss(50);
    const answered = await pings(client, '10.1.0.1', 100);
    await clientLink.heal();
    // A quarter of them come through both ways.
    expect(answered).toBeGreaterThan(5);
    expect(answered).toBeLessThan(55);
  });

  it('takes a host’s carrier away, and its addresses stay', async () => {
    await clientLink.down();
    expect(await client.ip('-br', 'link', 'show', 'eth0')).toMatch(/NO-CARRIER|LOWERLAYERDOWN/);
    expect(await client.ip('addr', 'show', 'eth0')).toContain('10.1.0.2/24');
    await clientLink.up();
    expect(await pings(client, '10.1.0.1')).toBe(1);
  });

  it('delays what goes through a relay', async () => {
    const origin = await RecordingOrigin.start(server, { address: '10.2.0.2', port: 8090 });
    await lab.relay(router, { listen: { address: '10.1.0.1', port: 8090 }, target: { address: '10.2.0.2', port: 8090 }, delayMs: 100 });
    const sender = await SteadyClient.start(client, { address: '10.1.0.1', port: 8090, requestsPerSecond: 20 });
    await waitUntil('answers', () => sender.outcomes.length >= 3);
    const { failed } = await sender.stop();
    await origin.stop();
    expect(failed).toEqual([]);
    const times = sender.outcomes.map(({ startedMs, endedMs }) => endedMs - startedMs);
    expect(Math.min(...times)).toBeGreaterThan(195);
    expect(Math.min(...times)).toBeLessThan(290);
  });

  it('has doors to and from the machine', async () => {
    const inner = await RecordingOrigin.start(server, { address: '10.2.0.2', port: 8100, name: 'inner' });
    const port = await lab.doorOut(client, { address: '10.2.0.2', port: 8100 });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toMatchObject({ origin: 'inner', peer: '10.1.0.2' });
    await lab.doorIn(router, { address: '10.1.0.1', port: 9000 }, port);
    const sender = await SteadyClient.start(client, { address: '10.1.0.1', port: 9000, requestsPerSecond: 20 });
    await waitUntil('an answer', () => sender.outcomes.length >= 1);
    expect((await sender.stop()).failed).toEqual([]);
    expect(inner.requests.length).toBeGreaterThan(1);
  });

  it('sends hand-made frames and shows what arrives', async () => {
    const capture = await FrameCapture.start(clientLink);
    const routerMac = router.links[0]!.mac;
    const ping = icmp({ type: 8, rest: 0x00070001 }, Buffer.from('by hand'));
    const packet = ipv4({ source: '10.1.0.2', target: '10.1.0.1', protocol: 1 }, ping);
    await sendFrames(clientLink, [ethernet({ source: clientLink.mac, target: routerMac }, packet)]);
    const answer = await waitUntil('the echo reply', () => capture.seen().find((frame) => frame.includes('by hand')));
    await capture.stop();
    // A router answers only what has right checksums.
    expect([answer[12], answer[13], answer[23], answer[34]]).toEqual([8, 0, 1, 0]);
    await expect(sendFrames(clientLink, [Buffer.alloc(20_000)])).rejects.toThrow(/too long/);
  });

  it('leaves the machine’s own network as it was', () => {
    const { stdout } = spawnSync('ip', ['-br', 'link'], { encoding: 'utf8' });
    expect(stdout).not.toContain(lab.id);
    expect(stdout).not.toMatch(/\bbr0\b/);
  });
});

describeInLab('the end of a test network', () => {
  it('leaves no namespace, file or process', async () => {
    const lab = await Lab.create();
    const host = await lab.host('one');
    await host.join(await lab.segment('only'), { addresses: ['10.9.0.1/24'] });
    const child = host.spawn('sleep', ['300']);
    // A daemon that its starter doesn't know.
    await host.run('sh', ['-c', 'sleep 301 >/dev/null 2>&1 & echo $!']);
    expect(namespacesOf(lab.id)).toHaveLength(2);
    const { stdout } = spawnSync('ip', ['netns', 'pids', host.namespace], { encoding: 'utf8' });
    const pids = stdout.trim().split('\n').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids).toContain(child.pid);
    await Promise.all([lab.close(), lab.close()]);
    expect(namespacesOf(lab.id)).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
    await waitUntil('the processes to be gone', () => pids.every((pid) => !existsSync(`/proc/${pid}/exe`)));
  });

  it('comes with the signal that it was made with', async () => {
    const owner = new AbortController();
    const lab = await Lab.create({ signal: owner.signal });
    await lab.host('one');
    owner.abort();
    await waitUntil('nothing to be left', () => namespacesOf(lab.id).length === 0 && !existsSync(lab.folder));
  });

  it('of a run that crashed comes with the next one', async () => {
    const script = `import { Lab } from ${JSON.stringify(PRODUCT)};
      const lab = await Lab.create();
      const host = await lab.host('one');
      const child = host.spawn('sleep', ['302']);
      console.log('made', lab.id, child.pid);
      setInterval(() => undefined, 1000);`;
    const run = new Child({ command: process.execPath, args: ['--input-type=module', '-e', script] });
    const [, id = '', pid = ''] = await run.line(/made (px\w+) (\d+)/);
    const bystander = await Lab.create();
    await bystander.host('one');
    expect(namespacesOf(id)).toHaveLength(1);
    await run.stop('SIGKILL');
    expect(namespacesOf(id)).toHaveLength(1);
    const next = await Lab.create();
    expect(namespacesOf(id)).toEqual([]);
    await waitUntil('its process to be gone', () => !existsSync(`/proc/${pid}/exe`));
    expect(namespacesOf(bystander.id)).toHaveLength(1);
    await Promise.all([bystander.close(), next.close()]);
  });
});

describe('where there can be no test network', () => {
  it('says why', () => {
    const script = `import { labReason } from ${JSON.stringify(PRODUCT)}; console.log(labReason());`;
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', ...asNobody });
    expect(stdout.trim()).toBe('the test network needs root');
  });
});
