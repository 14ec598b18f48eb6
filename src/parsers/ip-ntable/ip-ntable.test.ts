import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import ipNtable from './ip-ntable.ts';

// ip -s ntable show, iproute2-6.1.0, Linux 6.18, in a network namespace of its own
const LISTED = `inet arp_cache 
    thresh1 128 thresh2 512 thresh3 1024 gc_int 30000 
    config key_len 4 entry_size 336 entries 125 
        last_flush 2026-11-21 11:33:42 last_rand 2026-11-21 18:44:16 
        hash_rnd 357754799 hash_mask 000003ff hash_chain_gc 0 proxy_qlen 0 
    refcnt 1 reachable 43564 base_reachable 30000 retrans 1000 
    gc_stale 60000 delay_probe 5000 queue 101 
    app_probes 0 ucast_probes 3 mcast_probes 3 
    anycast_delay 1000 proxy_delay 800 proxy_queue 64 locktime 1000 
    stats allocs 61336 destroys 61211 hash_grows 7 
    res_failed 2707 lookups 267477 hits 59323 
    rcv_probes_mcast 0 rcv_probes_ucast 0 
    periodic_gc_runs 1700 forced_gc_runs 4 
    table_fulls 9 

inet arp_cache 
    dev eth0 
    refcnt 1 reachable 37100 base_reachable 30000 retrans 1000 
    gc_stale 60000 delay_probe 5000 queue 101 
    app_probes 0 ucast_probes 3 mcast_probes 3 
    anycast_delay 1000 proxy_delay 800 proxy_queue 64 locktime 1000 

`;

test('a table tells how full it is, and how often it had no room', () => {
  const told = factsOf(parseText(ipNtable, LISTED), 'counter').map(({ name, value, origin }) => [name, value, origin.line]);
  assert.deepEqual(told, [
    ['arp_cache.entries', 125, 3],
    ['arp_cache.forced_gc_runs', 4, 13],
    ['arp_cache.table_fulls', 9, 14],
  ]);
  const limits = factsOf(parseText(ipNtable, LISTED), 'sysctl').map(({ name, value }) => `${name} = ${value}`);
  assert.deepEqual(limits.at(-1), 'net.ipv4.neigh.default.gc_thresh3 = 1024');
  assert.ok(Number(ipNtable.recognise(LISTED)) > 0.9);
});

test('what is cut off or strange is left out', () => {
  assert.deepEqual(factsOf(parseText(ipNtable, LISTED.slice(0, 200).replace('entries 125', 'entries many')), 'counter'), []);
});
