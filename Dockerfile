# The build stage makes everything, including the snapshot of the embedded database. A small container then needs no
# initdb, which takes some 800 MB for a moment.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
COPY packages/verify/package.json packages/verify/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run prepare

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional --omit=peer

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
# The only optional dependency in the image. npm would also install the Prisma tools (300 MB) if it did not omit all
# others.
COPY --from=build /app/node_modules/@node-rs node_modules/@node-rs
COPY --from=build /app/dist dist
COPY prisma/migrations prisma/migrations
COPY package.json LICENSE ./
RUN install -d -o node -g node -m 700 data
USER node
VOLUME /app/data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
  ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node.js is process 1 and handles SIGTERM itself: it finishes requests in flight.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=4", "--no-memory-reducer", "--heap-growing-percent=25", "--no-allocation-site-pretenuring", "dist/main.js"]
