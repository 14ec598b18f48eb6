const SERVICES = ['flanneld', 'docker', 'kubelet', 'failing', 'rules', 'idle', 'static', 'calico@eth0', 'broken', 'firewalld', 'nosuch'];

const PROPERTIES = 'Id,LoadState,ActiveState,SubState,UnitFileState,ActiveEnterTimestampMonotonic';

const each = (line: (service: string) => string): readonly string[] => SERVICES.map(line);

/** What is asked of the running systemd. */
export const commands: readonly string[] = [
  ...each((service) => `systemctl status ${service}`),
  ...each((service) => `systemctl show ${service}`),
  ...each((service) => `systemctl cat ${service}`),
  'systemctl status docker.socket',
  'systemctl status multi-user.target',
  'systemctl status flanneld docker kubelet',
  'systemctl status -l --no-pager -n 2 flanneld',
  'env LC_ALL=C systemctl status docker kubelet',
  `systemctl show -p ${PROPERTIES} ${SERVICES.join(' ')}`,
  `systemctl show --property=${PROPERTIES} '*.service'`,
  'systemctl show docker.socket',
  'systemctl show',
  'systemctl cat docker flanneld kubelet',
  'systemctl cat docker.socket',
  'touch /etc/systemd/system/rules.service; systemctl status rules; systemctl cat rules',
  'journalctl --no-pager -u flanneld',
  'journalctl --no-pager -u kubelet -o short-iso',
  'journalctl --no-pager -u kubelet -o short-precise',
  'journalctl --no-pager -u kubelet -o short-full',
];
