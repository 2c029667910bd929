import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from './fixtures/bench.js';
import { HttpOrigin } from './fixtures/origin.js';
import { RawClient } from './fixtures/raw-client.js';
import { keeper, until } from './fixtures/patience.js';
import type { ApplicationConfig } from './config.js';
import { PASS_ALL } from './pass-all.js';
import { ProxyServer } from './proxy-server.js';

const keep = keeper();

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a change of configuration', () => {
  it('loses no request under load, and no request is half in both', async () => {
    const origin = keep(new HttpOrigin());
    const originPort = await origin.open();
    let generation = 0;
    const mixed: string[] = [];
    const settings = (): Parameters<ProxyBench['apply']>[1] => {
      const mine = (generation += 1);
      return {
        application: { upstream: { targets: [{ host: '127.0.0.1', port: originPort }], maxFails: mine % 2 === 0 ? 3 : 5 } },
        gate: {
          onRequestHead: (exchange) => ((exchange.inspection = mine), { kind: 'pass' }),
          wantsRequestBody: () => true,
          onResponseHead: (exchange) => (exchange.inspection === mine || mixed.push(exchange.requestId), { kind: 'pass' }),
          onEnd: (exchange) => void (exchange.inspection === mine || mixed.push(exchange.requestId)),
        },
      };
    };
    const proxy = keep(await ProxyBench.start(originPort, settings()));
    const end = performance.now() + 1500;
    let answers = 0;
    const load = async (keepsAlive: boolean): Promise<void> => {
      let client = await RawClient.open(proxy.port);
      while (performance.now() < end) {
        client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab');
        client.send('cde');
        expect(await client.answer()).toMatchObject({ status: 200, body: 'POST / 5' });
        answers += 1;
        if (keepsAlive) continue;
        client.close();
        client = await RawClient.open(proxy.port);
      }
      client.close();
    };
    const swap = async (): Promise<void> => {
      while (performance.now() < end) {
        await proxy.apply(originPort, settings());
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    };
    await Promise.all([load(true), load(true), load(true), load(false), swap()]);
    expect(answers).toBeGreaterThan(100);
    expect(generation).toBeGreaterThan(20);
    expect(mixed).toEqual([]);
    expect(proxy.endings).toHaveLength(answers);
  });

  it('opens and closes listeners, leaving the connections of others alone', async () => {
    const origin = keep(new HttpOrigin());
    const upstream = { targets: [{ host: '127.0.0.1', port: await origin.open() }] };
    const applications: ApplicationConfig[] = [{ id: 'shop', hosts: [], isDefault: true, upstream }];
    const server = new ProxyServer();
    keep({ close: () => server.close(0) });
    const apply = (...addresses: string[]): Promise<void> =>
      server.apply({ listeners: addresses.map((address) => ({ address, port: 0 })), applications, gateFor: () => PASS_ALL });
    await apply('127.0.0.1', '::1');
    const [ipv4, ipv6] = server.addresses();
    const kept = keep(await RawClient.open(ipv4?.port ?? 0));
    const leaving = keep(await RawClient.open(ipv6?.port ?? 0, '::1'));
    for (const client of [kept, leaving]) {
      client.send(GET);
      expect((await client.answer()).status).toBe(200);
    }
    await apply('127.0.0.1');
    await leaving.ended();
    kept.send(GET);
    expect((await kept.answer()).status).toBe(200);
    await expect(RawClient.open(ipv6?.port ?? 0, '::1')).rejects.toThrow(/ECONNREFUSED/);
    await apply('127.0.0.1', '::1');
    const again = keep(await RawClient.open(server.addresses()[1]?.port ?? 0, '::1'));
    again.send(GET);
    expect((await again.answer()).status).toBe(200);
  });

  it('that is wrong changes nothing', async () => {
    const origin = keep(new HttpOrigin());
    const originPort = await origin.open();
    const proxy = keep(await ProxyBench.start(originPort));
    const taken = {
      listeners: [
        { address: '127.0.0.1', port: 0 },
        { address: '127.0.0.1', port: originPort },
      ],
    };
    await expect(proxy.apply(originPort, { config: taken })).rejects.toMatchObject({ code: 'proxy.listen' });
    const twice = { id: 'other', hosts: ['a'], upstream: { targets: [] } };
    await expect(proxy.apply(originPort, { config: { applications: [twice, twice] } })).rejects.toMatchObject({
      code: 'proxy.route-conflict',
    });
    const networks = { clientAddress: { kind: 'proxy-protocol', networks: ['x'] } } as const;
    await expect(proxy.apply(originPort, { listener: networks })).rejects.toMatchObject({ code: 'proxy.network' });
    const client = keep(await RawClient.open(proxy.port));
    client.send(GET);
    expect((await client.answer()).status).toBe(200);
    expect(proxy.server.stats().generation).toBe(1);
  });
});

describe('closing', () => {
  it('lets the answer under way end, then closes, and takes no new connection', async () => {
    const origin = keep(new HttpOrigin((_request, response) => setTimeout(() => response.end('late'), 150)));
    const proxy = await ProxyBench.start(await origin.open());
    const busy = keep(await RawClient.open(proxy.port));
    const idle = keep(await RawClient.open(proxy.port));
    const { port } = proxy;
    busy.send(GET);
    await until(() => origin.seen.length > 0);
    const closed = proxy.server.close(5000);
    await idle.ended();
    await expect(RawClient.open(port)).rejects.toThrow(/ECONNREFUSED/);
    expect(await busy.answer()).toMatchObject({ body: 'late', headers: { connection: 'close' } });
    await closed;
    expect(proxy.server.stats().connections).toBe(0);
  });

  it('cuts what is left after the time for draining', async () => {
    const origin = keep(new HttpOrigin(() => undefined));
    const proxy = await ProxyBench.start(await origin.open());
    const client = keep(await RawClient.open(proxy.port));
    client.send(GET);
    await until(() => origin.seen.length > 0);
    await proxy.server.close(50);
    await client.ended();
    expect(proxy.endings[0]?.outcome).toMatchObject({ kind: 'aborted' });
  });
});

describe('several processes', () => {
  it('share a port, and one that closes leaves the others serving', async () => {
    const origin = keep(new HttpOrigin());
    const originPort = await origin.open();
    const first = keep(await ProxyBench.start(originPort, { options: { reusePort: true } }));
    const second = await ProxyBench.start(originPort, { options: { reusePort: true }, listener: { port: first.port } });
    await second.close();
    for (let i = 0; i < 10; i += 1) {
      const client = keep(await RawClient.open(first.port));
      client.send(GET);
      expect((await client.answer()).status).toBe(200);
    }
    expect(first.endings).toHaveLength(10);
  });
});

describe('limits of connections', () => {
  it('hold in all and per source, and are given back', async () => {
    const origin = keep(new HttpOrigin());
    const refused: string[] = [];
    const proxy = keep(
      await ProxyBench.start(await origin.open(), {
        config: { limits: { maxConnections: 3, maxConnectionsPerSource: 2 } },
        options: { hooks: { onConnectionRefused: (address, reason) => void refused.push(`${address} ${reason}`) } },
      }),
    );
    const first = keep(await RawClient.open(proxy.port));
    const second = keep(await RawClient.open(proxy.port));
    const third = keep(await RawClient.open(proxy.port));
    await third.ended();
    expect(refused).toEqual(['127.0.0.1 max-connections-per-source']);
    second.close();
    first.send(GET);
    expect((await first.answer()).status).toBe(200);
    await until(() => proxy.server.stats().connections <= 1);
    const fourth = keep(await RawClient.open(proxy.port));
    fourth.send(GET);
    expect((await fourth.answer()).status).toBe(200);
    expect(proxy.server.stats()).toMatchObject({
      connections: 2,
      connectionsTotal: 3,
      connectionsRefused: 1,
      exchangesTotal: 2,
      exchangesActive: 0,
    });
  });
});
