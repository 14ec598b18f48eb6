import { all, type Compile } from '../context.ts';
import { notTold } from '../not-told.ts';
import { transport } from './transport.ts';

/** `-m sctp` (net/netfilter/xt_sctp.c sctp_mt). Which chunks a packet carries is not told. */
export const sctp: Compile = (options, where) => {
  const ports = transport('sctp')(options, where);
  const chunks = options.get('chunk-types');
  if (ports === undefined || chunks === undefined) return ports;
  return all([
    ports,
    (context) => notTold(context, 'packet', 'which chunks an SCTP packet carries is not known (net/netfilter/xt_sctp.c)'),
  ]);
};
