const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a host name, as written in a URL, is this machine. */
export const isLoopback = (hostname: string) => loopbackHosts.has(hostname)
