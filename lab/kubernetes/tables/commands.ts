const each = (heads: readonly string[], tails: readonly string[]): readonly string[] =>
  heads.flatMap((head) => tails.map((tail) => `kubectl get ${head}${tail}`));

/** What is asked of the API server, in every form that people paste; JSON tells what the tables should tell. */
export const commands: readonly string[] = [
  ...each(['nodes', 'no'], ['', ' -o wide']),
  ...each(
    ['pods', 'svc', 'endpoints', 'endpointslices', 'events'],
    ['', ' -A', ' -o wide', ' -A -o wide', ' -n kube-system -o wide', ' -A -o json', ' -A -o yaml'],
  ),
  ...each(['nodes'], [' --show-labels', ' -o json', ' -o yaml', ' n2 -o wide']),
  ...each(['pods'], [' -A -o wide --show-labels', ' -A -o wide --no-headers', ' crashing -o wide', ' -n nosuch -o wide', ' nosuch']),
  ...each(['pods,svc', 'all', 'svc,endpoints'], [' -o wide', ' -A -o wide']),
  'kubectl get pods -A -o wide -l app=dual',
  'kubectl get pods -A -o wide --field-selector spec.nodeName=n1',
  'kubectl get namespaces',
  'kubectl get ep -A',
  'kubectl --server https://127.0.0.1:9 get pods',
  'kubectl --server https://203.0.113.9:6443 --request-timeout 1s get pods',
];
