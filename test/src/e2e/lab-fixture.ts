import {
  Lab,
  type LabHost,
  type LabSegment,
  provisionBox,
  type ProvisionedBox,
  type ProvisionOptions,
  RecordingOrigin,
  type StackOptions,
} from '@phalanx/testing';
import { type E2eFixture, startFixture } from './fixture.js';

/** Ports of the application, at the boxes and at the origin. */
export const LISTEN_PORT = 80;
export const ORIGIN_PORT = 8080;

/**
 * A stack whose boxes stand in a test network, between clients and an origin. Addresses by segment, IPv4 and IPv6:
 * - `outside`    10.10.0.x, fd10::x  client 10, attacker 66, boxes 11, 12, …
 * - `inside`     10.20.0.x, fd20::x  origin 80, boxes 11, 12, …
 * - `management` 10.30.0.x, fd30::x  controller 1, boxes 11, 12, …
 * A box has them as `eth0`, `eth1`, `eth2`; clients and origin have the first box as their way to the other side.
 */
export interface LabFixture extends E2eFixture {
  readonly lab: Lab;
  readonly segments: Readonly<Record<'outside' | 'inside' | 'management', LabSegment>>;
  readonly client: LabHost;
  readonly attacker: LabHost;
  readonly control: LabHost;
  readonly boxes: readonly LabHost[];
  readonly originHost: LabHost;
  readonly origin: RecordingOrigin;
  /** A tenant with a box on the host with this index, and an application on its outside address. */
  provision(index: number, options: Omit<ProvisionOptions, 'upstreamPort' | 'place'>): Promise<ProvisionedBox>;
}

export async function startLabFixture(
  options: { readonly boxes?: number; readonly stack?: Partial<StackOptions> } = {},
): Promise<LabFixture> {
  const lab = await Lab.create();
  try {
    return await build(lab, options);
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function build(lab: Lab, { boxes: count = 1, stack = {} }: { boxes?: number; stack?: Partial<StackOptions> }): Promise<LabFixture> {
  const outside = await lab.segment('outside');
  const inside = await lab.segment('inside');
  const management = await lab.segment('management');
  const join = (host: LabHost, segment: LabSegment, net: number, number: number) =>
    host.join(segment, { addresses: [`10.${net}.0.${number}/24`, `fd${net}::${number}/64`] });
  const [client, attacker, control, originHost] = [
    await lab.host('client'),
    await lab.host('attacker'),
    await lab.host('control'),
    await lab.host('origin'),
  ];
  await join(client, outside, 10, 10);
  await join(attacker, outside, 10, 66);
  await join(originHost, inside, 20, 80);
  await join(control, management, 30, 1);
  const boxes: LabHost[] = [];
  for (let index = 0; index < count; index++) {
    const host = await lab.host(`box-${index + 1}`);
    for (const [segment, net] of [[outside, 10] as const, [inside, 20] as const, [management, 30] as const])
      await join(host, segment, net, 11 + index);
    boxes.push(host);
  }
  for (const [host, net] of [[client, 10] as const, [attacker, 10] as const, [originHost, 20] as const]) {
    await host.route('default', { via: `10.${net}.0.11` });
    await host.route('default', { via: `fd${net}::11` });
  }
  const origin = await RecordingOrigin.start(originHost, { address: '::', port: ORIGIN_PORT });
  const fixture = await startFixture({ ...stack, door: { lab, host: control, address: '10.30.0.1' } });
  return {
    ...fixture,
    lab,
    segments: { outside, inside, management },
    client,
    attacker,
    control,
    boxes,
    originHost,
    origin,
    provision: (index, what) =>
      provisionBox(fixture.stack, fixture.api, {
        ...what,
        upstreamPort: ORIGIN_PORT,
        place: { host: boxes[index]!, listen: `10.10.0.${11 + index}`, listenPort: LISTEN_PORT, upstreamHost: '10.20.0.80' },
      }),
    async stop() {
      await fixture.stop();
      await lab.close();
    },
  };
}
