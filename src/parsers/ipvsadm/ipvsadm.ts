import { keptFormat } from '../kept.ts';

/** The virtual servers of IPVS. */
export default keptFormat('ipvsadm', '`ipvsadm`, as rules or as a list', (head) =>
  /^-A -[tuf] \S+ -s \w+/.test(head) || /^IP Virtual Server version .*\nProt LocalAddress:Port Scheduler/.test(head) ? 0.9 : 0,
);
