import assert from 'node:assert/strict';
import { test } from 'node:test';
import ipvs from './ipvs.ts';

/** Measured on Linux 6.1 with virtual servers in three namespaces: `cat` lists all of its own, a reader of 256 bytes at a time lacks some. */
test('the virtual servers are read a page at a time, not by awk, which asks for less (ip_vs_info_array)', () => {
  assert.match('shell' in ipvs ? ipvs.shell : '', /^ {2}reading ipvs proc-ip-vs cat \/proc\/net\/ip_vs$/m);
});
