export { pagesRoutes } from './pages.route.js'
