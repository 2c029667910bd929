import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type ApplianceNetwork, DEFAULT_NETWORK_POLICY } from '@phalanx/contracts';
import { nodeDisk } from '@phalanx/kit';
import { describeInLab, ethernet, ipv4, Lab, type LabHost, RecordingOrigin, sendFrames, SteadyClient, tcp } from '@phalanx/testing';
import { runTool } from '../../platform/system-tools.js';
import { NetworkDriver } from './network-driver.js';

jest.setTimeout(60_000);

const BOX = '7f0c1a52-0000-4000-8000-000000000001';
const { protections } = DEFAULT_NETWORK_POLICY;
const SPOOFED = 300;

describeInLab('SYN cookies', () => {
  let lab: Lab;
  let box: LabHost;
  let client: LabHost;
  let driver: NetworkDriver;

  beforeAll(async () => {
    lab = await Lab.create();
    const outside = await lab.segment('outside');
    [box, client] = [await lab.host('box'), await lab.host('client')];
    await box.join(outside, { addresses: ['10.10.0.11/24', 'fd10::11/64'] });
    await client.join(outside, { addresses: ['10.10.0.10/24', 'fd10::10/64'] });
    await RecordingOrigin.start(box, { address: '::', port: 80 });
    driver = new NetworkDriver({
      applianceId: BOX,
      disk: nodeDisk,
      folder: box.folder,
      run: (command, args, run) => runTool('ip', ['netns', 'exec', box.namespace, command, ...args], run),
    });
    const network: ApplianceNetwork = {
      version: 1,
      applianceId: BOX,
      tenantId: BOX,
      timeZone: 'UTC',
      policy: {
        ...DEFAULT_NETWORK_POLICY,
        protections: { ...protections, floods: { ...protections.floods, syn: null, synTotal: { perSecond: 5, burst: 5 } } },
      },
      member: { interfaces: [], routes: [] },
      listeners: [{ address: '0.0.0.0', port: 80 }],
      peer: null,
    };
    await driver.apply(Buffer.from(JSON.stringify(network)));
  });

  afterAll(() => lab?.close());

  it.each(['10.10.0.11', 'fd10::11'])(
    'let who answers them through to %s while made-up sources leave no connections behind',
    async (address) => {
      const steady = await SteadyClient.start(client, { address, port: 80, requestsPerSecond: 30 });
      const target = '10.10.0.11';
      const frames = Array.from({ length: SPOOFED }, (_, n) => {
        const source = `10.10.0.${100 + (n % 100)}`;
        const macs = { source: client.links[0]!.mac, target: box.links[0]!.mac };
        return ethernet(
          macs,
          ipv4({ source, target, protocol: 6 }, tcp({ source, target, sourcePort: 2000 + n, targetPort: 80, flags: ['syn'] })),
        );
      });
      await sendFrames(client.links[0]!, frames, { pauseMs: 5 });
      const { sent, failed } = await steady.stop();
      expect(failed).toEqual([]);
      expect(sent).toBeGreaterThan(20);
      const tracked = (await box.run('cat', ['/proc/net/nf_conntrack'])).split('\n').filter((line) => /src=10\.10\.0\.1\d\d /.test(line));
      expect(tracked.length).toBeLessThan(SPOOFED / 3);
    },
  );

  it('are over when they are no longer asked for', async () => {
    await driver.apply(null);
    expect(await box.run('sysctl', ['-n', 'net.netfilter.nf_conntrack_tcp_loose'])).toBe('1\n');
  });
});
