const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a host name, as it stands in a URL, is this machine's own. */
export const isLoopback = (hostname: string) => loopbackHosts.has(hostname)
