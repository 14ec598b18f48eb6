import { keptFormat } from '../kept.ts';

/** The virtual servers of IPVS as the kernel lists them. */
export default keptFormat('proc-ip-vs', '/proc/net/ip_vs', (head) =>
  /^IP Virtual Server version [^\n]*\nProt LocalAddress:Port Scheduler Flags\n(?:[^\n]*\n)?(?:TCP|UDP|SCTP|FWM)? *(?:[0-9A-F]{8}:[0-9A-F]{4}|$)/.test(
    head,
  )
    ? 0.98
    : 0,
);
