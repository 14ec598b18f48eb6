import assert from 'node:assert/strict';
import test from 'node:test';
import { serverLine, serviceBlock, vlanLine } from './listed-lines.ts';

// recorded: cat /proc/net/ip_vs, Linux 6.1, and a mark's line made by hand after ip_vs_info_seq_show
const SERVICES = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
UDP  0A60000A:7580 sh  
  -> 0A020002:0050      Masq    1      0          0         
  -> 0A030002:0050      Masq    5      0          0         
TCP  [fd00:0096:0000:0000:0000:0000:0000:0010]:1F90 lc 
  -> [fd00:0002:0000:0000:0000:0000:0000:0002]:1F90      Masq    1      0          0         
FWM  0000000A rr  persistent 600 
`;

test('a virtual server is found by its address, or by its mark, with its real ones', () => {
  const found = (run: string): readonly number[] => serviceBlock(SERVICES, run.split(' '));
  assert.deepEqual(found('ipvsadm -A -u 10.96.0.10:30080 -s sh'), [4, 5, 6]);
  assert.deepEqual(found('ipvsadm -A -t [fd00:96::10]:8080 -s lc'), [7, 8]);
  assert.deepEqual(found('ipvsadm -A -f 10 -s rr -p 600'), [9]);
  assert.deepEqual(found('ipvsadm -A -t 10.96.0.10:30080 -s sh'), []);
});

test('a real server is found among those of its virtual one', () => {
  const found = (run: string): number | undefined => serverLine(SERVICES, run.split(' '));
  assert.equal(found('ipvsadm -a -u 10.96.0.10:30080 -r 10.3.0.2:80 -m -w 5'), 6);
  assert.equal(found('ipvsadm -a -t [fd00:96::10]:8080 -r [fd00:2::2]:8080 -m -w 1'), 8);
  assert.equal(found('ipvsadm -a -t [fd00:96::10]:8080 -r [fd00:3::2]:8080 -m -w 1'), undefined);
  assert.equal(found('ipvsadm -a -u 10.96.0.11:30080 -r 10.3.0.2:80 -m -w 5'), undefined);
});

// recorded: bridge vlan show, iproute2 6.1.0
const VLANS = `port              vlan-id  
br0               1
                  10 Egress Untagged
p2                10 PVID Egress Untagged
                  20 Egress Untagged
p3                20 Egress Untagged
`;

test('the VLAN of a port is found behind the name that stands above it', () => {
  assert.deepEqual(vlanLine(VLANS, 'p2', '20'), { line: 5, text: '                  4094 Egress Untagged' });
  assert.deepEqual(vlanLine(VLANS, 'p2', '10'), { line: 4, text: 'p2                4094 PVID Egress Untagged' });
  assert.equal(vlanLine(VLANS, 'p3', '10'), undefined);
});
