import { construct } from '../construct.ts';
import { diversion, ledHere, PROXIED } from '../diverted.ts';

/** `-j TPROXY` as a transparent proxy's node has it: to a socket that is transparent, or is not, with a mark that mostly leads to the node itself. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { here, family, backend } = site;
    const { protocol, dport, toPort, toAddress, aims } = diversion(site);
    const where = `--on-port ${toPort}${toAddress === null ? '' : ` --on-ip ${toAddress}`}`;
    const text = `-A PREROUTING -p ${protocol} --dport ${dport} -j TPROXY ${where} --tproxy-mark ${PROXIED}/${PROXIED}`;
    const by = ['filter/tproxy-diverted', 'filter/tproxy'];
    return { rules: [...ledHere(site), { in: here.name, by, form: 'iptables', backend, family, table: 'mangle', text }], aims };
  },
});
