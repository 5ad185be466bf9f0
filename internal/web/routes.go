package web

import "slices"

// routes is every address of the program, with who may ask for it: each kind of work declares its own.
func routes(c Config) []route {
	return slices.Concat(
		appropriationRoutes(), draftingRoutes(),
		agreementRoutes(),
		paymentRoutes(), payeeRoutes(),
		startRoutes(c), openingRoutes(), helpRoutes(),
		placeRoutes(), searchRoutes(), officeRoutes(), noticeRoutes(), pictureRoutes(),
		metricsRoutes(), signRoutes(c), homeRoutes(), bookRoutes(), voucherRoutes(), summaryRoutes(), templateRoutes(), gridRoutes(), fileRoutes(),
		statementRoutes(), printRoutes(), printManyRoutes(), accountRoutes(), exchangeRoutes(), unitRoutes(), unitChangeRoutes(), personRoutes(), delegationRoutes(), workdayRoutes(), obligationRoutes(), rosterRoutes(), figureRoutes(), handoverRoutes(), standardRoutes(),
		waiverRoutes(),
		closeRoutes(), successorRoutes(), endRoutes(), batchRoutes(), spreadRoutes(),
	)
}
