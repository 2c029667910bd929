import { describe, expect, it } from '@jest/globals';
import { sampleHa } from '../../testing/sample-ha.js';
import { renderConntrackd, secondNameFor } from './conntrackd-config.js';
import { HaHome } from './ha-home.js';
import { renderKeepalived, skewMs, takeOverMs } from './keepalived-config.js';
import { renderPeerTable } from './peer-table.js';

const home = new HaHome('/box/ha');

describe('renderKeepalived', () => {
  it('writes one VRRPv3 instance that speaks to its peer alone and does not preempt', () => {
    expect(renderKeepalived(sampleHa(), home)).toBe(`global_defs {
  router_id 00000001-0000-4000-8000-000000000001
  vrrp_version 3
  vrrp_notify_fifo /box/ha/notify.fifo
  vrrp_priority -20
  vrrp_no_swap
  max_auto_priority -1
}
track_file engine {
  file "/box/ha/engine.track"
  weight 0
}
vrrp_instance pair {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  nopreempt
  higher_prio_send_advert true
  garp_master_refresh 1
  unicast_src_ip 10.9.0.1
  check_unicast_src
  unicast_peer {
    10.9.0.2
  }
  track_file {
    engine
  }
  virtual_ipaddress {
    10.9.0.100/24 dev eth0
  }
}
`);
  });

  it('names no script, whatever the document says', () => {
    const everything = sampleHa({ order: 'yield' }, { transport: 'multicast', preempt: true });
    expect(renderKeepalived(everything, home)).not.toMatch(/script|notify_(?!fifo)|notify /);
  });

  it('preempts where the pair is set so, except while it is to stand by', () => {
    const preempting = { preempt: true };
    expect(renderKeepalived(sampleHa({}, preempting), home)).not.toContain('nopreempt');
    expect(renderKeepalived(sampleHa({ order: 'yield' }, preempting), home)).toContain('nopreempt');
  });

  it('speaks by multicast where the pair is set so', () => {
    const text = renderKeepalived(sampleHa({}, { transport: 'multicast', advertMs: 100 }), home);
    expect(text).toContain('mcast_src_ip 10.9.0.1');
    expect(text).toContain('advert_int 0.1');
    expect(text).not.toContain('unicast');
  });

  it('has addresses of the other family and interface move along', () => {
    const virtualAddresses = [
      { address: '10.9.0.100/24', interface: 'eth0' },
      { address: 'fd09::100/64', interface: 'eth1' },
    ];
    const text = renderKeepalived(sampleHa({}, { virtualAddresses }), home);
    expect(text).toContain('virtual_ipaddress {\n    10.9.0.100/24 dev eth0\n  }');
    expect(text).toContain('virtual_ipaddress_excluded {\n    fd09::100/64 dev eth1\n  }');
    expect(text).toContain('track_interface {\n    eth1\n  }');
  });

  it('is master at once where it goes on for a daemon that died', () => {
    const text = renderKeepalived(sampleHa(), home, { resuming: true });
    expect(text).toContain('state MASTER');
    expect(text).toContain('priority 255');
    expect(text).not.toContain('nopreempt');
  });
});

it('takes over after three intervals and a part that is smaller for greater priorities', () => {
  expect(takeOverMs(1_000, 100)).toBeCloseTo(3_609.4, 1);
  expect(takeOverMs(100, 150)).toBeCloseTo(341.4, 1);
  expect(skewMs(1_000, 254)).toBeCloseTo(7.8, 1);
});

describe('renderConntrackd', () => {
  it('sends connections to the peer, but not those with the box itself', () => {
    const text = renderConntrackd(sampleHa())!;
    for (const part of ['IPv4_address 10.9.0.1', 'IPv4_Destination_Address 10.9.0.2', 'Port 3780', 'Interface eth0'])
      expect(text).toContain(part);
    for (const ignored of ['127.0.0.1', '10.9.0.1', '10.9.0.2', '10.9.0.100']) expect(text).toContain(`      IPv4_address ${ignored}\n`);
  });

  it('is nothing where connections are not shared', () => {
    expect(renderConntrackd(sampleHa({}, { syncPort: null }))).toBeNull();
  });

  it('calls an interface by a second name that its grammar would read as a number', () => {
    expect(secondNameFor('eth0')).toBeNull();
    expect(renderConntrackd(sampleHa({ interface: 'e0' }))).toContain('Interface phalanx-sync');
  });
});

it('lets VRRP and connection-sync packets in from the peer at its interface only', () => {
  const lines = renderPeerTable(sampleHa({ peer: { ...sampleHa().peer, address: 'fd09::2' } })).split('\n');
  expect(lines).toContain('    meta l4proto 112 iifname "eth0" ip6 saddr fd09::2 counter name peer_vrrp accept');
  expect(lines).toContain('    udp dport 3780 iifname "eth0" ip6 saddr fd09::2 counter name peer_sync accept');
  expect(lines.filter((line) => line.includes('goto foreign'))).toHaveLength(2);
  expect(lines.at(-4)).toBe('    counter name foreign drop');
});
