import { connect } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { ProxyBench } from '../fixtures/bench.js';
import { makeCertificate } from '../fixtures/certificate.js';
import { HttpOrigin } from '../fixtures/origin.js';
import { RawClient } from '../fixtures/raw-client.js';
import { keeper } from '../fixtures/patience.js';
import { parseProxyHeader } from './proxy-protocol.js';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (command: string, family: string, body: string): Buffer =>
  Buffer.from(`${SIGNATURE}2${command}${family}${(body.length / 2).toString(16).padStart(4, '0')}${body}`, 'hex');
const V2_IPV4 = v2('1', '11', 'cb007107' + '7f000001' + '1f90' + '0050' + '04000100');
const V2_IPV6 = v2('1', '21', '20010db8000000000000000000000007' + '00000000000000000000000000000001' + '1f90' + '0050');

describe('the PROXY protocol parser', () => {
  it.each([
    ['v1 IPv4', Buffer.from('PROXY TCP4 203.0.113.7 127.0.0.1 8080 80\r\nGET'), '203.0.113.7', 8080],
    ['v1 IPv6', Buffer.from('PROXY TCP6 2001:DB8::7 ::1 8080 80\r\n'), '2001:db8::7', 8080],
    ['v2 IPv4 with TLVs', V2_IPV4, '203.0.113.7', 8080],
    ['v2 IPv6', V2_IPV6, '2001:db8::7', 8080],
  ])('reads %s, and waits at every shorter prefix', (_name, bytes, address, port) => {
    const whole = parseProxyHeader(bytes);
    expect(whole).toMatchObject({ kind: 'done', client: { address, port } });
    const length = whole.kind === 'done' ? whole.length : 0;
    for (let i = 0; i < length; i += 1) expect(parseProxyHeader(bytes.subarray(0, i)).kind).toBe('incomplete');
  });

  it('takes the sender itself for LOCAL and UNKNOWN', () => {
    for (const bytes of [
      v2('0', '00', ''),
      Buffer.from('PROXY UNKNOWN\r\n'),
      Buffer.from('PROXY UNKNOWN ff ff 1 2\r\n'),
      v2('1', '31', '00'.repeat(216)),
    ]) {
      expect(parseProxyHeader(bytes)).toMatchObject({ kind: 'done', client: null });
    }
  });

  it.each([
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 203.0.113.7 127.0.0.1 8080\r\n',
    'PROXY TCP4 2001:db8::7 ::1 8080 80\r\n',
    'PROXY TCP4 203.0.113.999 127.0.0.1 8080 80\r\n',
    'PROXY TCP4 203.0.113.7 127.0.0.1 80800 80\r\n',
    'PROXY TCP4 203.0.113.7 127.0.0.1 1 2 3\r\n',
    `PROXY ${'x'.repeat(110)}`,
  ])('refuses %j', (text) => {
    expect(parseProxyHeader(Buffer.from(text)).kind).toBe('invalid');
  });

  it('refuses v2 of a wrong version, with a short address or endless TLVs', () => {
    expect(parseProxyHeader(Buffer.from(`${SIGNATURE}31110000`, 'hex')).kind).toBe('invalid');
    expect(parseProxyHeader(v2('1', '11', '00000000')).kind).toBe('invalid');
    expect(parseProxyHeader(Buffer.from(`${SIGNATURE}2111ffff`, 'hex')).kind).toBe('invalid');
  });
});

const keep = keeper();

describe('a listener behind a PROXY protocol sender', () => {
  const trusting = { clientAddress: { kind: 'proxy-protocol', networks: ['127.0.0.0/8'] } } as const;

  it('takes the client from the header, byte by byte too, and counts forwarding headers of it for nothing', async () => {
    const origin = keep(new HttpOrigin());
    const proxy = keep(await ProxyBench.start(await origin.open(), { listener: trusting }));
    const client = keep(await RawClient.open(proxy.port));
    for (const byte of V2_IPV4) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect(proxy.endings[0]?.exchange).toMatchObject({ client: { address: '203.0.113.7', port: 8080 }, peer: { address: '127.0.0.1' } });
    expect(origin.seen[0]?.headers['x-forwarded-for']).toBe('203.0.113.7');
  });

  it('works in front of TLS, in one packet with the handshake', async () => {
    const origin = keep(new HttpOrigin());
    const { certPem, keyPem } = makeCertificate(['shop.test']);
    const tls = { certificates: [{ hosts: ['shop.test'], certPem, keyPem }] };
    const proxy = keep(await ProxyBench.start(await origin.open(), { listener: { ...trusting, tls } }));
    const raw = await RawClient.open(proxy.port);
    raw.socket.removeAllListeners('data');
    raw.socket.cork();
    raw.send('PROXY TCP6 2001:db8::7 ::1 8080 443\r\n');
    const socket = connect({ socket: raw.socket, servername: 'shop.test', rejectUnauthorized: false });
    raw.socket.uncork();
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const client = keep(new RawClient(socket));
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.answer()).status).toBe(200);
    expect(origin.seen[0]?.headers).toMatchObject({ 'x-forwarded-for': '2001:db8::7', 'x-forwarded-proto': 'https' });
  });

  it('closes on anything else, and believes only trusted networks', async () => {
    const origin = keep(new HttpOrigin());
    const proxy = keep(await ProxyBench.start(await origin.open(), { listener: trusting }));
    const wrong = keep(await RawClient.open(proxy.port));
    wrong.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await wrong.ended();
    const stranger = keep(
      await ProxyBench.start(await origin.open().catch(() => 0), {
        listener: { clientAddress: { kind: 'proxy-protocol', networks: ['10.0.0.0/8'] } },
      }),
    );
    const client = keep(await RawClient.open(stranger.port));
    client.send('PROXY TCP4 203.0.113.7 127.0.0.1 8080 80\r\n\r\n');
    expect((await client.answer()).status).toBe(400);
    expect(origin.connections).toBe(0);
  });
});
