import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientAddressResolver } from './client-address.js';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';
import { NetworkSet, normalAddress, sourceOf } from './networks.js';

const PEER = { address: '10.0.0.1', port: 1 };

describe('the client address by a forwarded header', () => {
  const resolver = (header: string): ClientAddressResolver =>
    new ClientAddressResolver({ kind: 'forwarded-header', header, networks: ['10.0.0.0/8', '2001:db8:1::/48'] });
  const from = (header: string, ...values: string[]): string =>
    resolver(header).fromHeaders(
      PEER,
      values.map((value) => [header.toUpperCase(), value] as const),
    ).address;

  it.each([
    [['203.0.113.7'], '203.0.113.7'],
    [['6.6.6.6, 203.0.113.7'], '203.0.113.7'],
    [['6.6.6.6, 203.0.113.7, 10.1.1.1'], '203.0.113.7'],
    [['6.6.6.6', '203.0.113.7', '10.1.1.1, 2001:db8:1::5'], '203.0.113.7'],
    [['10.2.2.2, 10.1.1.1'], '10.2.2.2'],
    [['203.0.113.7, nonsense, 10.1.1.1'], '10.1.1.1'],
    [['nonsense'], '10.0.0.1'],
    [[''], '10.0.0.1'],
    [[], '10.0.0.1'],
    [['[2001:db8::7]:443'], '2001:db8::7'],
    [['203.0.113.7:1234'], '203.0.113.7'],
    [['::ffff:203.0.113.7'], '203.0.113.7'],
  ])('is for %j: %s', (values, address) => {
    expect(from('X-Forwarded-For', ...values)).toBe(address);
  });

  it('reads the Forwarded header of RFC 7239', () => {
    expect(from('Forwarded', 'for=6.6.6.6;proto=http, for="[2001:db8::7]:4711";by=1')).toBe('2001:db8::7');
    expect(from('Forwarded', 'for=203.0.113.7, for=_hidden')).toBe('10.0.0.1');
  });

  it('is believed only from trusted peers', () => {
    expect(resolver('x').trustsHeadersOf(PEER)).toBe(true);
    expect(resolver('x').trustsHeadersOf({ address: '203.0.113.7', port: 1 })).toBe(false);
    expect(new ClientAddressResolver().trustsHeadersOf(PEER)).toBe(false);
  });
});

describe('addresses and networks', () => {
  it('have one spelling each', () => {
    expect(['::FFFF:1.2.3.4', '2001:DB8:0::1', 'fe80::1%eth0', '1.2.3.4', 'x', ''].map(normalAddress)).toEqual([
      '1.2.3.4',
      '2001:db8::1',
      'fe80::1',
      '1.2.3.4',
      '',
      '',
    ]);
  });

  it('are counted by address, or by /64', () => {
    expect([sourceOf('1.2.3.4'), sourceOf('2001:db8:1:2:3:4:5:6'), sourceOf('2001:db8:1:2::9')]).toEqual([
      '1.2.3.4',
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
    ]);
  });

  it('match in CIDR blocks of both families, and what is no block is refused', () => {
    const set = new NetworkSet(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7']);
    expect(['192.0.2.9', '192.0.3.1', '2001:db8::1', '2001:db9::1', '198.51.100.7'].map((address) => set.has(address))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(() => new NetworkSet(['10.0.0.0/33'])).toThrow(/CIDR/);
  });
});

describe('forwarding headers to the origin', () => {
  const origin = new HttpOrigin();
  let originPort = 0;
  beforeAll(async () => {
    originPort = await origin.open();
  });
  afterAll(() => origin.close());

  const FORGED =
    'X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: real.test\r\nX-Real-IP: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\nX-Forwarded-Port: 443\r\n';

  async function forwarded(networks: readonly string[]): Promise<{ headers: Record<string, unknown>; client: string }> {
    const proxy = await ProxyBench.start(originPort, {
      listener: { clientAddress: { kind: 'forwarded-header', header: 'X-Forwarded-For', networks } },
    });
    const client = await RawClient.open(proxy.port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${FORGED}\r\n`);
    await client.answer();
    client.close();
    await proxy.close();
    return { headers: { ...origin.seen.at(-1)?.headers }, client: proxy.endings[0]?.exchange.client.address ?? '' };
  }

  it('continue what a trusted peer said', async () => {
    const { headers, client } = await forwarded(['127.0.0.1/32']);
    expect(client).toBe('203.0.113.7');
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'real.test',
      'x-forwarded-port': '443',
      'x-real-ip': '203.0.113.7',
      forwarded: 'for=203.0.113.7, for=127.0.0.1;proto=http',
    });
  });

  it('replace what anybody else claims', async () => {
    const { headers, client } = await forwarded(['10.0.0.0/8']);
    expect(client).toBe('127.0.0.1');
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a' });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['forwarded']));
    expect([headers['x-real-ip'], headers['x-forwarded-port'], headers['forwarded']]).toEqual([undefined, undefined, undefined]);
  });
});
