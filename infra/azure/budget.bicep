// A budget stops nothing: it tells somebody.

@description('What a month may cost, in the currency of the subscription.')
param amount int

@description('The first day of the month in which it begins.')
param startDate string

@description('Who is told besides the owners.')
param email string

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'daybook'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      half: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 50
        thresholdType: 'Actual'
        contactEmails: empty(email) ? [] : [email]
        contactRoles: ['Owner']
      }
      foreseen: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: empty(email) ? [] : [email]
        contactRoles: ['Owner']
      }
    }
  }
}
