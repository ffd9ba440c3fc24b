targetScope = 'subscription'

@description('The region.')
param location string

@description('How many days logs are kept.')
param days int = 30

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-template'
  location: location
}

module services 'services.bicep' = {
  scope: group
  params: { location: location, days: days, names: ['one', 'two'] }
}

output COSMOS_ENDPOINT string = services.outputs.endpoint
