import { keptFormat } from '../kept.ts';

/** A CNI configuration or list of plugins. */
export default keptFormat('cni-config', 'a CNI configuration', (head) =>
  head.trimStart().startsWith('{') && /"cniVersion"\s*:/.test(head) && /"(?:plugins|type)"\s*:/.test(head) ? 0.95 : 0,
);
